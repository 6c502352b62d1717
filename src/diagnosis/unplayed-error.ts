import { CassetteError } from "../cassette/errors.ts";
import { redactDeep } from "../matching/redact-deep.ts";
import { requestLineAndAbout } from "./explain.ts";
import type { RecordingLine } from "./miss.ts";

/** Recordings of a tape that no request asked for. */
export interface UnplayedFacts {
  /** The cassette file, as messages show it. */
  readonly cassette: string;
  /** How many recordings the tape holds. */
  readonly recordings: number;
  readonly unplayed: readonly RecordingLine[];
  /** Who had the cassette open, where that is not plain from where this is said. */
  readonly openedBy?: readonly string[] | undefined;
  /** The shell command that records the cassette anew. */
  readonly recordCommand: string;
}

/** So many are listed. */
export const MOST_UNPLAYED_LISTED = 20;

/** A test that passed, but left recordings of its tape unplayed. */
export class CassetteUnplayedError extends CassetteError {
  override readonly name = "CassetteUnplayedError";
  readonly #facts: UnplayedFacts;

  constructor(facts: UnplayedFacts, redact: (text: string) => string) {
    super("CASSETTE_UNPLAYED", redact(explainUnplayed(facts)));
    this.#facts = redactDeep(facts, redact);
    // It has no line: where the end of the test is judged tells its author nothing.
    this.stack = `${this.name}: ${this.message}`;
  }

  /** The cassette file, as messages show it. */
  get cassette(): string {
    return this.#facts.cassette;
  }

  /** What was left, in the order of the tape. */
  get unplayed(): readonly RecordingLine[] {
    return this.#facts.unplayed;
  }

  /** What reporters get: the message says it all, so the facts are not printed a second time below it. */
  toJSON(): object {
    const { name, code, message, stack } = this;
    return { name, code, message, stack };
  }
}

/** Lists what was left unplayed, and what to do about it. */
export function explainUnplayed(facts: UnplayedFacts): string {
  const { cassette, recordings, unplayed, openedBy = [], recordCommand } = facts;
  const width = String(unplayed.at(-1)?.position ?? 0).length;
  const lines = unplayed
    .slice(0, MOST_UNPLAYED_LISTED)
    .map((each) => `  ${String(each.position).padStart(width)}  ${requestLineAndAbout(each)}`);
  if (unplayed.length > MOST_UNPLAYED_LISTED)
    lines.push(`  and ${unplayed.length - MOST_UNPLAYED_LISTED} more`);
  const subject =
    unplayed.length === recordings && recordings > 1
      ? `none of its ${recordings} recordings was asked for`
      : recordings === 1
        ? "its only recording was not asked for"
        : `${unplayed.length} of its ${recordings} recordings ${unplayed.length === 1 ? "was" : "were"} not asked for`;
  return [
    `Failed to play all of ${cassette}: ${subject}.`,
    lines.join("\n"),
    ...(openedBy.length === 0 ? [] : [`It was open in ${openedBy.map((name) => `"${name}"`).join(", ")}.`]),
    `If the code is meant to send fewer requests, record anew:\n  ${recordCommand}`,
    "If what is left over does not matter, set unplayed: 'ignore'.",
  ].join("\n\n");
}
