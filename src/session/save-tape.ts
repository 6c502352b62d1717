import { Buffer } from "node:buffer";
import { basename, dirname, posix } from "node:path";
import type { Addition, Frozen, Tape, TapeEntry } from "../cassette/model.ts";
import { withInteractions } from "../format/index.ts";
import type { Redactor } from "../redaction/redactor.ts";
import type { BodyWriter } from "../storage/body-writer.ts";
import { mergeAll, replaceRecordings, type TapeUpdate, updateEntries } from "./merge-recordings.ts";
import type { OneWriter, TapeFile } from "./one-writer.ts";
import { noteSaved, type TapeNote } from "./tape-note.ts";
import { VERSION } from "./version.ts";

/** What one test has recorded. */
export interface Contribution {
  readonly additions: readonly Addition[];
  /** Set under `RECORD=update`. */
  readonly update?: TapeUpdate | undefined;
  /** The test failed: an old tape stays as it is, and this is kept beside it. */
  readonly failed: boolean;
  readonly redactor: Redactor;
  /** The same for all tests with the same options of redaction. */
  readonly rules: object;
}

/** The tests of a file that did not pass, by their labels. */
export interface Unfinished {
  readonly failed: ReadonlySet<string>;
  /** Left out, skipped, or not reached. */
  readonly notRun: ReadonlySet<string>;
}

/** Where the recordings went. */
export type Saved =
  | { readonly kind: "nothing" | "old-stays" | "first-of-failed-test" }
  /** `large`: the bytes of a tape that is larger than is good. */
  | { readonly kind: "in-place"; readonly large?: number }
  /** Beside the old tape: a test failed, or `unkept`, whose old recordings have another frozen clock, did not run. */
  | { readonly kind: "beside"; readonly shownFile: string; readonly unkept: string | undefined };

export interface TapeToSave {
  readonly tape: TapeFile;
  /** The bodies of recordings that are in files of their own. */
  readonly bodies: readonly BodyWriter[];
  readonly beginBody: () => BodyWriter;
  readonly oneWriter: OneWriter;
  /** What recordings are added to, or replace; `undefined` if there is none, or it cannot be read and is replaced. */
  readonly old: Tape | undefined;
  /** Whether there was a file. */
  readonly existed: boolean;
  readonly note: TapeNote;
  /** Whether recordings replace the old ones. */
  readonly replaces: boolean;
  readonly contributions: readonly Contribution[];
  /** The old recordings of these tests must not get lost. */
  readonly unfinished: Unfinished;
  /** The clock and seed of this run, if a test has asked for them. */
  readonly fresh: Frozen | undefined;
  /** When the recording began, in milliseconds since the epoch. */
  readonly startedAt: number;
}

/**
 * Writes what tests have recorded: in place of the old tape, or beside it if one of them failed.
 *
 * @throws CassetteError if it cannot be written; the old tape is intact then
 */
export async function saveTape(save: TapeToSave): Promise<Saved> {
  const { tape, existed, replaces, contributions, fresh } = save;
  const passed = contributions.filter(({ failed, additions }) => !failed || additions.length === 0);
  if (!existed) {
    const bytes = await writeInPlace(save, contributions);
    return passed.length < contributions.length ? { kind: "first-of-failed-test" } : inPlace(bytes);
  }
  const entries = entriesOf(save, contributions);
  if (entries === save.old?.interactions) return { kind: "nothing" };
  if (entries.length === 0) return { kind: "old-stays" };
  // A tape has room for one clock.
  const unkept = fresh === undefined ? undefined : keptEntries(save)[0]?.test;
  const allPassed = passed.length === contributions.length && !(replaces && oldHasFailed(save));
  if (allPassed && unkept === undefined) {
    return inPlace(await writeInPlace(save, contributions, () => tape.store.files.removeFailed(tape.file)));
  }
  if (!replaces && entriesOf(save, passed) !== save.old?.interactions) await writeInPlace(save, passed);
  const beside = await writeBeside(unkept === undefined ? save : { ...save, old: undefined }, contributions);
  return { kind: "beside", shownFile: beside, unkept: allPassed ? unkept : undefined };
}

/** Returns the recordings that stay on a tape that is replaced: those of tests that did not run. */
export function keptEntries({
  old,
  replaces,
  unfinished: { notRun },
}: Pick<TapeToSave, "old" | "replaces" | "unfinished">): readonly TapeEntry[] {
  if (!replaces || old === undefined) return [];
  return old.interactions.filter(({ test }) => test !== undefined && notRun.has(test));
}

function oldHasFailed({ old, unfinished: { failed } }: TapeToSave): boolean {
  return old?.interactions.some(({ test }) => test !== undefined && failed.has(test)) ?? false;
}

/** From here on, a tape is slow to open, and the web pages of repositories do not show it. */
const LARGE_BYTES = 10 * 1024 * 1024;

function inPlace(bytes: number): Saved {
  return bytes > LARGE_BYTES ? { kind: "in-place", large: bytes } : { kind: "in-place" };
}

/**
 * Writes the tape, and returns its size in bytes. If somebody else has written it meanwhile, keeps all recordings beside it.
 *
 * @param after runs before another process may see that the tape was written, and keep its own recordings beside it
 */
async function writeInPlace(
  save: TapeToSave,
  contributions: readonly Contribution[],
  after?: () => Promise<void>,
): Promise<number> {
  const { tape, oneWriter, replaces, old } = save;
  const text = await render(save, contributions);
  let rival: string | undefined;
  try {
    await tape.store.files.write(tape.file, text, save.bodies, {
      before: () => {
        rival = oneWriter.rival(replaces ? undefined : old);
        if (rival !== undefined) throw oneWriter.taken(rival);
      },
      after: async () => {
        oneWriter.wrote();
        await after?.();
      },
    });
  } catch (error) {
    if (rival === undefined) throw error;
    throw oneWriter.taken(rival, await writeBeside(save, save.contributions));
  }
  noteSaved(save.note, save.existed ? "changed" : "new", contributions);
  return Buffer.byteLength(text);
}

async function writeBeside(save: TapeToSave, contributions: readonly Contribution[]): Promise<string> {
  const { store, file, shownFile } = save.tape;
  const beside = await store.files.writeFailed(file, await render(save, contributions), save.bodies);
  noteSaved(save.note, "failed", contributions);
  return posix.join(dirname(shownFile), basename(beside));
}

/** Returns what the tape holds with these contributions. */
function entriesOf(save: TapeToSave, contributions: readonly Contribution[]): readonly TapeEntry[] {
  const { old, replaces } = save;
  const entries = old?.interactions ?? [];
  const additions = contributions.map((each) => each.additions);
  if (!replaces) {
    const updates = save.contributions.flatMap(({ update }) => update ?? []);
    return updateEntries(mergeAll(entries, additions), updates);
  }
  const kept = new Set(keptEntries(save));
  const recorded = mergeAll([], additions);
  return kept.size === 0 ? recorded : replaceRecordings(entries, (entry) => kept.has(entry), recorded);
}

function render(save: TapeToSave, contributions: readonly Contribution[]): Promise<string> {
  const { tape, replaces, fresh, startedAt } = save;
  const old = replaces && keptEntries(save).length === 0 ? undefined : save.old;
  const interactions = entriesOf(save, contributions);
  const written: Tape =
    old === undefined
      ? {
          version: 1,
          recorded: { at: new Date(startedAt).toISOString(), with: `vitest-cassette ${VERSION}` },
          ...(fresh === undefined ? {} : { frozen: fresh }),
          interactions,
        }
      : withInteractions(old, interactions);
  const redactors = new Map(contributions.map(({ rules, redactor }) => [rules, redactor]));
  return tape.store.render(written, tape.shownFile, [...redactors.values()], save.beginBody);
}
