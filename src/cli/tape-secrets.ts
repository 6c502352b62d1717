import { isDeepStrictEqual } from "node:util";
import type { Tape, TapeEntry } from "../cassette/model.ts";
import { parseTape, renderTape, TapeError, withInteractions } from "../format/index.ts";
import type { TapeNode } from "../format/node.ts";
import { type Outline, outlineOf } from "../format/outline.ts";
import { readNodes } from "../format/read-nodes.ts";
import { renderEntry } from "../format/render-entry.ts";
import type { Redactor } from "../redaction/redactor.ts";
import { describeInteraction } from "../session/describe-interaction.ts";
import { type ChangedEntry, changesOf, editEntry } from "./edit-entry.ts";
import { locate } from "./locate.ts";
import { applyEdits, type TextEdit } from "./scalar-edit.ts";
import { type PlacedSecret, placedSecrets, shownPlace, UNKNOWN_TYPE } from "./secret-locations.ts";

/** A tape as it was read. */
export interface TapeText {
  readonly file: string;
  readonly text: string;
  readonly tape: Tape;
}

/** An interaction with a secret in it. */
interface Leaky extends ChangedEntry {
  /** From 0. */
  readonly index: number;
}

/** What is secret on a tape by today's rules: in its interactions, and in what stands around them. */
export function findSecrets({ text, tape }: TapeText, redactor: Redactor): readonly PlacedSecret[] {
  const found = redactor
    .scan(text)
    .map(({ type, line, column, path }) => ({ type, line, column, place: path }));
  const byName = leakyEntries(text, tape, redactor).flatMap((entry) =>
    secretsIn(text, entry).filter((secret) => !found.some((other) => isSame(other, secret))),
  );
  return [...found, ...byName].sort((a, b) => a.line - b.line || a.column - b.column);
}

/** The text of the tape without its secrets, and otherwise as it stands. */
export function withoutSecrets({ file, text, tape }: TapeText, redactor: Redactor): string {
  const leaky = leakyEntries(text, tape, redactor);
  const clean = [...tape.interactions];
  for (const { index, after } of leaky) clean[index] = after;
  const wanted: TapeText = { file, text, tape: withInteractions(tape, clean) };
  return withoutSecretsAround(leaky.length === 0 ? text : rewritten(wanted, leaky), wanted, redactor);
}

function leakyEntries(text: string, tape: Tape, redactor: Redactor): readonly Leaky[] {
  let root: TapeNode | undefined;
  return tape.interactions.flatMap((before, index) => {
    const request = redactor.redactRequest(before.request);
    const response = redactor.redactResponse(before.response, before.request);
    const test = before.test === undefined ? {} : { test: redactor.redactName(before.test) };
    if (request === before.request && response === before.response && test.test === before.test) return [];
    root ??= readNodes(text).root;
    const node = locate(root, ["interactions", index])?.node ?? root;
    return [{ index, before, after: { ...before, ...test, request, response }, node }];
  });
}

function secretsIn(text: string, entry: Leaky): readonly PlacedSecret[] {
  const base = ["interactions", entry.index];
  const changes = changesOf(entry);
  if (changes === undefined) {
    // More than texts changed: all that can be said is where it is.
    const change = { path: [], what: "value", before: "", after: "" } as const;
    return placedSecrets(text, change, { node: entry.node, entry: undefined, steps: 0 }, shownPlace(base));
  }
  return changes
    .filter(({ change: { path } }) => path[1] !== "cuts" && !isLength(path))
    .flatMap(({ change, located }) =>
      placedSecrets(text, change, located, shownPlace([...base, ...change.path])),
    );
}

/** What follows from a body that has become longer or shorter is no secret. */
function isLength(path: ChangePath): boolean {
  return path[1] === "headers" && path.some((step) => String(step).toLowerCase() === "content-length");
}

type ChangePath = readonly (string | number)[];

function isSame(found: PlacedSecret, secret: PlacedSecret): boolean {
  if (secret.type === UNKNOWN_TYPE) return partOf(found.place) === partOf(secret.place);
  if (found.line !== secret.line) return false;
  return found.type === secret.type || found.column === secret.column;
}

/** `interactions[0].response.body` of all that is in it. */
function partOf(place: string): string {
  return place.split(".").slice(0, 3).join(".");
}

/** As little of the text as possible is written anew, and what is written is read back to be sure of it. */
function rewritten(wanted: TapeText, leaky: readonly Leaky[]): string {
  const { text, tape } = wanted;
  const outline = outlineOf(text);
  const whole = leaky.map((entry) => wholeEdit(text, outline, entry));
  const small = leaky.map((entry, index) => editEntry(text, entry) ?? whole[index]);
  for (const edits of [small, whole]) {
    if (edits.includes(undefined)) continue;
    const result = applyEdits(text, (edits as (readonly TextEdit[])[]).flat());
    if (says(result, wanted)) return result;
  }
  return renderTape(tape, { describe: describeInteraction });
}

/** The interaction from its dash on; the comments above it stay. */
function wholeEdit(
  text: string,
  outline: Outline | undefined,
  { index, after }: Leaky,
): readonly TextEdit[] | undefined {
  const item = outline?.items[index];
  if (outline === undefined || item === undefined) return undefined;
  const lines = `${renderEntry(after, outline.column, undefined).join("\n")}\n`;
  return [
    {
      start: item.start,
      end: item.end,
      text: text.includes("\r\n") ? lines.replaceAll("\n", "\r\n") : lines,
    },
  ];
}

/** Comments may hold secrets too; no line is touched that means something. */
function withoutSecretsAround(text: string, wanted: TapeText, redactor: Redactor): string {
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
  try {
    const read = parseTape(text, { file });
    return isDeepStrictEqual(comparable(read.interactions), comparable(tape.interactions));
  } catch (error) {
    if (error instanceof TapeError) return false;
    throw error;
  }
}

/** Buffers and arrays of bytes are the same to a tape. */
function comparable(interactions: readonly TapeEntry[]): unknown {
  return interactions.map(({ request, response, ...rest }) => ({
    ...rest,
    request: { ...request, body: request.body && Buffer.from(request.body) },
    response: { ...response, chunks: response.chunks.map((chunk) => Buffer.from(chunk)) },
  }));
}
