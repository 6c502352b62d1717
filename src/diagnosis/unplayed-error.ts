import { count } from "../cassette/count.ts";
import { CassetteError } from "../cassette/errors.ts";
import { redactDeep } from "../matching/redact-deep.ts";
import { type RecordingLine, requestLineAndAbout } from "./miss-facts.ts";

/** Recordings of a cassette that nothing asked for. */
export interface UnplayedFacts {
  /** The cassette file, as messages show it. */
  readonly cassette: string;
  /** How many recordings the cassette has. */
  readonly recordings: number;
  readonly unplayed: readonly RecordingLine[];
  /** The tests that opened the cassette, if the report is not about one test. */
  readonly openedBy?: readonly string[] | undefined;
  /** The shell command that drops them from the cassette. */
  readonly recordCommand: string;
  /** Whether this run was to add to the cassette (`RECORD=new`). */
  readonly adds?: boolean | undefined;
}

/** How many unplayed recordings are listed. */
export const MAX_UNPLAYED_LISTED = 20;

/** The test passed, but left recordings of its cassette unplayed. */
export class CassetteUnplayedError extends CassetteError {
  override readonly name = "CassetteUnplayedError";
  readonly #facts: UnplayedFacts;

  constructor(facts: UnplayedFacts, redact: (text: string) => string) {
    super("CASSETTE_UNPLAYED", redact(explainUnplayed(facts)));
    this.#facts = redactDeep(facts, redact);
    // Our own frames say nothing to the author of the test.
    this.stack = `${this.name}: ${this.message}`;
  }

  /** The cassette file, as messages show it. */
  get cassette(): string {
    return this.#facts.cassette;
  }

  /** The unplayed recordings, in the order of the cassette. */
  get unplayed(): readonly RecordingLine[] {
    return this.#facts.unplayed;
  }

  /** For reporters: without the facts, which the message already has. */
  toJSON(): object {
    const { name, code, message, stack } = this;
    return { name, code, message, stack };
  }
}

function explainUnplayed(facts: UnplayedFacts): string {
  const { cassette, recordings, unplayed, openedBy = [] } = facts;
  const width = String(unplayed.at(-1)?.position ?? 0).length;
  const lines = unplayed
    .slice(0, MAX_UNPLAYED_LISTED)
    .map((each) => `  ${String(each.position).padStart(width)}  ${requestLineAndAbout(each)}`);
  if (unplayed.length > MAX_UNPLAYED_LISTED)
    lines.push(`  and ${unplayed.length - MAX_UNPLAYED_LISTED} more`);
  return [
    `Failed to play all of ${cassette}: ${unplayed.length} of ${count(recordings, "recording")} ${unplayed.length === 1 ? "was" : "were"} not played.`,
    lines.join("\n"),
    ...(openedBy.length === 0 ? [] : [`Opened by ${openedBy.map((name) => `"${name}"`).join(", ")}.`]),
    removal(facts),
    "If unplayed recordings do not matter, set unplayed: 'ignore'.",
  ].join("\n\n");
}

/** Says how to drop the recordings. */
function removal({ recordCommand, adds = false }: UnplayedFacts): string {
  const when = adds
    ? "RECORD=new only adds: recordings that the code no longer asks for stay. To drop them,"
    : "If the code should no longer ask for them,";
  return `${when} update the cassette:\n  ${recordCommand}`;
}
