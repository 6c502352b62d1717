import { placesIn, TAPE_VERSIONS } from "../format/index.ts";
import { profiles } from "../providers/registry.ts";
import type { RedactOptions } from "../redaction/options.ts";
import { createRedactor, type Redactor } from "../redaction/redactor.ts";
import { abandonedIn, removeAbandoned } from "../storage/atomic-write.ts";
import { FileStore } from "../storage/file-store.ts";
import { shownPath } from "../storage/storage-error.ts";
import { aboutFailedRecording } from "./failed-recording.ts";
import { isOpen, type Problem } from "./problem.ts";
import { mergeRedactOptions, type ProjectSettings, redactOptionsFor } from "./project-settings.ts";
import type { Invocation } from "./read-arguments.ts";
import { readTape } from "./read-tape.ts";
import { printProblems } from "./report.ts";
import { findTapes, type TapeFile } from "./tape-files.ts";
import { findSecrets, withoutSecrets } from "./tape-secrets.ts";
import type { Terminal } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

interface Wanted {
  readonly secrets: boolean;
  readonly fix: boolean;
  /** Creates a new one for each tape, since a tape numbers its own secrets. */
  redactor(tape: TapeFile): Redactor;
  /** Removes secrets from printed text. */
  redact(text: string): string;
}

/** Reads every cassette and reports problems. With `--fix`, removes secrets and leftover files. */
export async function check(
  { flag, values }: Invocation,
  terminal: Terminal,
  projects: readonly ProjectSettings[],
): Promise<0 | 1> {
  const { env, directory } = terminal.surroundings;
  const given = redactOptions(values);
  const fix = flag("fix");
  const wanted: Wanted = {
    secrets: fix || flag("secrets"),
    fix,
    redactor: ({ path }) => {
      const redact = mergeRedactOptions([given, ...redactOptionsFor(path, projects)]);
      // Keeps headers that recordings leave out by default: the tape may hold them to be compared.
      return createRedactor(redact, { env, profiles, keepHeaders: ["*"] });
    },
    redact: terminal.redact,
  };
  const { tapes, folders } = findTapes(values("dir"), directory, projects);
  const problems: Problem[] = [];
  // Before any cassette is written: writing removes leftover files silently.
  for (const folder of folders) problems.push(...(await checkLeftOver(folder, fix)));
  for (const tape of tapes) problems.push(...(await checkTape(tape, wanted)));
  if (flag("json")) terminal.printJson({ tapes: tapes.length, problems });
  else printProblems(problems, tapes.length, fix, terminal);
  return problems.some(isOpen) ? 1 : 0;
}

async function checkTape(tape: TapeFile, wanted: Wanted): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  const read = readTape(tape, wanted.redact);
  const { file, text } = read;
  if (read.kind === "broken") {
    const { line, column, message } = read;
    problems.push({ kind: "broken", file, line, column, message });
    // A broken cassette can still leak.
    if (!wanted.secrets || text === undefined) return problems;
    const found = wanted.redactor(tape).scan(text, placesIn);
    const secrets = found.map(
      ({ path, ...rest }): Problem => ({ kind: "secret", file, ...rest, place: path, fixed: false }),
    );
    return [...problems, ...secrets];
  }
  if (read.tape.version < Math.max(...TAPE_VERSIONS)) {
    problems.push({ kind: "old-version", file, version: read.tape.version });
  }
  const about = aboutFailedRecording(file);
  if (about !== undefined) problems.push({ kind: "failed-recording", file, message: about });
  if (!wanted.secrets) return problems;
  const secrets = findSecrets(read, wanted.redactor(tape));
  const left = wanted.fix && secrets.length > 0 ? await fixTape(tape, wanted) : secrets.length;
  return [
    ...problems,
    ...secrets.map((secret): Problem => ({ kind: "secret", file, ...secret, fixed: left === 0 })),
  ];
}

const MAX_PASSES = 5;

/** Writes the cassette without its secrets, and returns how many are left. */
async function fixTape(tape: TapeFile, { redactor, redact }: Wanted): Promise<number> {
  const store = new FileStore({ folder: tape.folder });
  // One secret can hide another.
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const read = readTape(tape, redact);
    if (read.kind === "broken") return 1;
    const text = withoutSecrets(read, redactor(tape));
    if (text === read.text) return findSecrets(read, redactor(tape)).length;
    await store.write(tape.path, text);
  }
  return 1;
}

async function checkLeftOver(folder: string, fix: boolean): Promise<readonly Problem[]> {
  const left = await abandonedIn(folder);
  if (fix) await removeAbandoned(folder);
  return left.map((path): Problem => ({ kind: "left-over", file: shownPath(path), fixed: fix }));
}

function redactOptions(values: Invocation["values"]): RedactOptions {
  return {
    fields: values("field"),
    headers: values("header"),
    query: values("query"),
    allow: values("allow"),
    patterns: values("pattern").map((source) => {
      try {
        return new RegExp(source);
      } catch (error) {
        throw new UsageError(
          `Option --pattern needs a regular expression: ${(error as SyntaxError).message}.`,
        );
      }
    }),
  };
}
