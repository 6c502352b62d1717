import { Buffer } from "node:buffer";
import { isOutput, type ProcessOutput, type ProcessPart } from "../cassette/process-part.ts";
import { outputLengths } from "./output-lengths.ts";
import { timesIn } from "./read-io.ts";
import { renderBody } from "./render-body.ts";
import { renderValues, words } from "./render-fields.ts";
import { numberList, tenths } from "./render-numbers.ts";

/** Renders the lines of what a child process was given and gave, for a mapping at column `column`. */
export function renderIo(io: readonly ProcessPart[], column: number): string[] {
  if (io.length === 0) return [];
  const times = timesOf(io);
  return [
    ...(times === undefined ? [] : [numberList("times", times, column)]),
    `${" ".repeat(column)}io:`,
    ...io.flatMap((part) => item(renderPart(part, column + 4))),
  ];
}

/** The times of all parts, in order; `undefined` if any is missing. They never run backwards. */
function timesOf(io: readonly ProcessPart[]): readonly number[] | undefined {
  let latest = 0;
  const times: number[] = [];
  for (const part of io) {
    const own = isOutput(part) ? (part.times ?? []) : part.time === undefined ? [] : [part.time];
    if (own.length !== timesIn(part)) return undefined;
    for (const time of own) {
      latest = Math.max(latest, time);
      times.push(tenths(latest));
    }
  }
  return times;
}

function renderPart(part: ProcessPart, column: number): string[] {
  switch (part.kind) {
    case "stdin":
      return bodyFirst(renderBody(part.bytes, column, part.kind));
    case "stdout":
    case "stderr":
      return renderOutput(part, column);
    case "send":
    case "receive":
      return renderValues({ [part.kind]: part.value }, column);
    case "end":
      return words({ end: part.of }, column);
    case "kill":
      return words({ kill: part.signal }, column);
  }
}

function renderOutput({ kind, chunks }: ProcessOutput, column: number): string[] {
  const bytes = Buffer.concat(chunks);
  const lines = bodyFirst(renderBody(bytes, column, kind));
  const lengths = chunks.map(({ length }) => length);
  const isUsual = lengths.join() === outputLengths(bytes).join();
  return isUsual ? lines : [...lines, numberList("cuts", lengths, column)];
}

/** Puts `eol` and `encoding` behind the text that they are about, since that tells what the item is. */
function bodyFirst([first = "", ...lines]: readonly string[]): string[] {
  return /^ *(?:eol|encoding): /.test(first) ? [...lines, first] : [first, ...lines];
}

/** Makes an item of a list of the lines of a mapping. */
function item([first = "", ...lines]: readonly string[]): string[] {
  const start = first.search(/\S/);
  return [`${first.slice(0, start - 2)}- ${first.slice(start)}`, ...lines];
}
