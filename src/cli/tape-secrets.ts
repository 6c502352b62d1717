import { isDeepStrictEqual } from "node:util";
import type { Tape, TapeEntry } from "../cassette/model.ts";
import {
  parseTape,
  placesIn,
  rememberChange,
  renderEntry,
  renderTape,
  TapeError,
  withInteractions,
} from "../format/index.ts";
import type { LocatedFinding } from "../redaction/gate.ts";
import type { Redactor } from "../redaction/redactor.ts";
import { describeEntry } from "../session/describe-entry.ts";
import { secretsBetween } from "./secret-locations.ts";

/** A tape as it was read. */
export interface TapeText {
  readonly file: string;
  readonly text: string;
  readonly tape: Tape;
}

/** An interaction with a secret in it, and the same one without. */
interface Leaky {
  /** From 0. */
  readonly index: number;
  readonly before: TapeEntry;
  readonly after: TapeEntry;
}

/** Finds what is secret on a tape by today's rules: in its interactions, and in the text around them. */
export function findSecrets({ text, tape }: TapeText, redactor: Redactor): readonly LocatedFinding[] {
  const found = redactor.scan(text, placesIn);
  const leaky = leakyEntries(tape, redactor);
  const places = leaky.length === 0 ? undefined : placesIn(text);
  const inFields = leaky.flatMap(({ index, before, after }) =>
    secretsBetween({ before, after, path: ["interactions", index] }, text, places),
  );
  const others = inFields.filter((secret) => !found.some((known) => isSame(known, secret)));
  // What is found in a field can be replaced there, however the text of the tape hides it.
  const known = found.map(({ encoding, ...plain }) =>
    encoding === undefined || inFields.some((other) => isSame(plain, other)) ? plain : { ...plain, encoding },
  );
  return [...known, ...others].sort((a, b) => a.line - b.line || a.column - b.column);
}

function isSame(one: LocatedFinding, other: LocatedFinding): boolean {
  return one.line === other.line && (one.type === other.type || one.column === other.column);
}

/** The text of the tape with the leaking interactions rendered again; all others keep their text. */
export function withoutSecrets({ file, text, tape }: TapeText, redactor: Redactor): string {
  const clean = [...tape.interactions];
  for (const { index, before, after } of leakyEntries(tape, redactor)) {
    clean[index] = after;
    rememberChange(before, after);
  }
  const changed = withInteractions(tape, clean);
  const redact = (each: string): string => redactor.redactText(each);
  const rendered = renderTape(changed, {
    describe: (entry, index) =>
      entry === tape.interactions[index] ? undefined : describeEntry(entry, index, redact),
  });
  return withoutSecretsInComments(rendered, { file, text, tape: changed }, redactor);
}

function leakyEntries(tape: Tape, redactor: Redactor): readonly Leaky[] {
  return tape.interactions.flatMap((before, index) => {
    const after = redactor.redactEntry(before);
    return after === before ? [] : [{ index, before, after }];
  });
}

/** Redacts lines with a secret one by one, as long as the tape still says the same. */
function withoutSecretsInComments(text: string, wanted: TapeText, redactor: Redactor): string {
  const numbers = new Set(redactor.scan(text).map(({ line }) => line - 1));
  const lines = text.split("\n");
  for (const number of numbers) {
    const before = lines[number] as string;
    lines[number] = redactor.redactText(before);
    if (!says(lines.join("\n"), wanted)) lines[number] = before;
  }
  return lines.join("\n");
}

function says(text: string, { file, tape }: TapeText): boolean {
  const rendered = ({ interactions }: Tape): readonly string[] =>
    interactions.flatMap((entry) => renderEntry(entry, 0));
  try {
    return isDeepStrictEqual(rendered(parseTape(text, { file })), rendered(tape));
  } catch (error) {
    if (error instanceof TapeError) return false;
    throw error;
  }
}
