import { parseJson } from "../../streams/parse-json.ts";
import type { CassetteEvent } from "../event.ts";

/** Marks the lines of the log among others. */
const MARK = "vitest-cassette";
/** Longer values are cut: the log is for people. */
const MAX_VALUE = 200;

/** One line of the log, as it was read. */
export interface LogLine {
  /** Milliseconds since 1970. */
  readonly time: number;
  /** The type of the event, in lower case. */
  readonly type: string;
  readonly fields: Readonly<Record<string, string>>;
}

/**
 * Formats an event as one line: time, mark, type, and `name=value` for the rest. A value with spaces is a JSON string.
 *
 * @example
 * 2026-11-28T20:14:03.412Z vitest-cassette CHUNK session="chat › joke" seq=4 id=1 index=2 bytes=231 text=" dark"
 */
export function logLine(event: CassetteEvent): string {
  const { v: _, time, type, ...fields } = event;
  const parts = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${shown(value)}`],
  );
  return [new Date(time).toISOString(), MARK, type.toUpperCase(), ...parts].join(" ");
}

/** Reads a line; returns `undefined` for one that is not of the log. Whatever stands before the time is ignored. */
export function readLogLine(line: string): LogLine | undefined {
  const found = LINE.exec(line);
  if (found === null) return undefined;
  const [, time = "", type = "", rest = ""] = found;
  const fields: Record<string, string> = {};
  for (const [, name = "", quoted, plain = ""] of rest.matchAll(FIELD)) {
    fields[name] = quoted === undefined ? plain : String(parseJson(quoted) ?? quoted);
  }
  return { time: Date.parse(time), type: type.toLowerCase(), fields };
}

const LINE = new RegExp(`(\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z) ${MARK} ([A-Z_]+)(.*)`);
const FIELD = /([A-Za-z]\w*)=(?:("(?:[^"\\]|\\.)*")|(\S*))/g;

function shown(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? String(value));
  const cut = text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE)}…` : text;
  return /^[^\s"\\]+$/.test(cut) ? cut : JSON.stringify(cut);
}
