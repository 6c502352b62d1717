import { Buffer } from "node:buffer";
import type {
  HeaderLines,
  Interaction,
  RecordedRequest,
  RecordedResponse,
  ResponseTiming,
} from "../cassette/model.ts";
import { type StoredBody, storedBodyOf } from "../cassette/stored-body.ts";
import { eventFraming, eventLengths } from "../streams/event-lengths.ts";
import { renderBody } from "./render-body.ts";
import { renderValues } from "./render-fields.ts";
import { numberList, tenths } from "./render-numbers.ts";
import { scalarText } from "./scalar-text.ts";
import { standardStatusText } from "./status-text.ts";
import { isTransport } from "./transport.ts";

const WIDTH = 100;

/** Renders the lines of a request and its response, for an entry whose fields are at column `column`. */
export function renderInteraction({ request, response }: Interaction, column: number): string[] {
  const pad = " ".repeat(column);
  return [
    `${pad}request:`,
    ...requestLines(request, column + 2),
    `${pad}response:`,
    ...responseLines(response, column + 2),
  ];
}

function requestLines(request: RecordedRequest, column: number): string[] {
  const pad = " ".repeat(column);
  const lines = [
    `${pad}method: ${scalarText(request.method, "block")}`,
    `${pad}url: ${scalarText(request.url, "block")}`,
    ...headerLines("headers", request.headers, column),
  ];
  if (request.body !== undefined) lines.push(...renderBody(request.body, column));
  return lines;
}

function responseLines(response: RecordedResponse, column: number): string[] {
  const pad = " ".repeat(column);
  const { status, statusText, headers, chunks, trailers = [], timing, end, error, decoded } = response;
  const lines = [`${pad}status: ${status}`];
  if (statusText !== standardStatusText(status)) {
    lines.push(`${pad}statusText: ${scalarText(statusText, "block")}`);
  }
  const { true: transport = [], false: others = [] } = Object.groupBy(headers, ([name]) =>
    isTransport(name) ? "true" : "false",
  );
  lines.push(...headerLines("headers", others, column), ...transportLine(transport, pad));
  lines.push(...headerLines("trailers", trailers, column), `${pad}end: ${end}`);
  if (error !== undefined) {
    const code = error.code === undefined ? "" : `code: ${scalarText(error.code, "flow")}, `;
    lines.push(`${pad}error: { ${code}message: ${scalarText(error.message, "flow")} }`);
  }
  if (decoded === true) lines.push(`${pad}decoded: true`);
  if (timing !== undefined) lines.push(...timingLines(timing, column));
  const stored = storedBodyOf(chunks);
  if (stored !== undefined) lines.push(...bodyFileLines(stored, column));
  else if (chunks.length > 0) {
    const body = Buffer.concat(chunks);
    const lengths = chunks.map((chunk) => chunk.length);
    if (!sameNumbers(lengths, eventLengths(body, eventFraming(headers)))) {
      lines.push(numberList("cuts", lengths, column));
    }
    lines.push(...renderBody(body, column));
  }
  return lines;
}

function bodyFileLines({ name, bytes, sha256, lengths }: StoredBody, column: number): string[] {
  const cuts = sameNumbers(lengths, [bytes]) ? [] : [numberList("cuts", lengths, column)];
  return [...cuts, ...renderValues({ bodyFile: { name, bytes, sha256 } }, column)];
}

function headerLines(key: string, headers: HeaderLines, column: number): string[] {
  if (headers.length === 0) return [];
  const pad = " ".repeat(column);
  const groups: [name: string, values: string[]][] = [];
  for (const [name, value] of headers) {
    const last = groups.at(-1);
    if (last?.[0] === name) last[1].push(value);
    else groups.push([name, [value]]);
  }
  // Only a list keeps the order if others come between lines of the same name.
  const isList = new Set(groups.map(([name]) => name)).size < groups.length;
  const line = headersInLine(key, groups, pad);
  if (!isList && line.length <= WIDTH) return [line];
  const start = isList ? `${pad}  - ` : `${pad}  `;
  const lines = groups.map(
    ([name, values]) => `${start}${scalarText(name, "block")}: ${headerValue(values, "block")}`,
  );
  return [`${pad}${key}:`, ...lines];
}

/** Renders one line, since it is rarely read. Values of the same name are together, in order. */
function transportLine(headers: HeaderLines, pad: string): string[] {
  if (headers.length === 0) return [];
  const groups = [...Map.groupBy(headers, ([name]) => name)].map(
    ([name, lines]) => [name, lines.map(([, value]) => value)] as const,
  );
  return [headersInLine("transport", groups, pad)];
}

function headersInLine(
  key: string,
  groups: readonly (readonly [name: string, values: readonly string[]])[],
  pad: string,
): string {
  const flow = groups.map(([name, values]) => `${scalarText(name, "flow")}: ${headerValue(values, "flow")}`);
  return `${pad}${key}: { ${flow.join(", ")} }`;
}

function headerValue(values: readonly string[], place: "block" | "flow"): string {
  if (values.length === 1) return scalarText(values[0] as string, place);
  return `[${values.map((value) => scalarText(value, "flow")).join(", ")}]`;
}

/** Times never run backwards: a time out of order becomes the one before it. */
function timingLines(timing: ResponseTiming, column: number): string[] {
  const pad = " ".repeat(column);
  let latest = timing.headers;
  const times = timing.chunks.map((time) => {
    latest = Math.max(latest, time);
    return tenths(latest);
  });
  return [
    `${pad}timing:`,
    `${pad}  headers: ${tenths(timing.headers)}`,
    ...(times.length === 0 ? [] : [numberList("chunks", times, column + 2)]),
  ];
}

function sameNumbers(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((number, index) => number === other[index]);
}
