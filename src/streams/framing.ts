import type { FramedEvent } from "./decoder.ts";

/**
 * How a body is split into events: server-sent events, one JSON value per line, the elements of one JSON array,
 * one JSON value, AWS's binary frames, plain text with one event per chunk, or values that never were bytes.
 */
export type Framing = "sse" | "ndjson" | "json-array" | "json" | "aws-eventstream" | "text" | "values";

/** An SSE comment. Servers send them to keep a connection alive. */
export interface StreamComment {
  readonly at: number | undefined;
  readonly text: string;
  /** Index of the event after it. */
  readonly before: number;
}

/** A line of an SSE stream that is not a standard field, so parsers skip it: `error: {...}`, bare JSON. */
export interface StrayLine {
  readonly at: number | undefined;
  readonly line: string;
  readonly before: number;
}

/** Bytes that break their framing. Nothing after them can be read. */
export interface FramingFault {
  readonly at: number | undefined;
  readonly code: "bad_crc" | "bad_frame";
  readonly message: string;
}

/** A body split into its events. */
export interface Framed {
  /** `undefined` for an empty body. */
  readonly framing: Framing | undefined;
  readonly events: readonly FramedEvent[];
  readonly comments: readonly StreamComment[];
  readonly strays: readonly StrayLine[];
  /** The last SSE `retry:`, in milliseconds. */
  readonly retry: number | undefined;
  /** The last SSE event if no blank line closed it. The standard drops it, many clients don't. */
  readonly unclosed: FramedEvent | undefined;
  /** Text of an event that the end of the body cut off. */
  readonly rest: string | undefined;
  readonly fault: FramingFault | undefined;
}

/** A body in which nobody looked for events. */
export const NO_EVENTS: Framed = {
  framing: undefined,
  events: [],
  comments: [],
  strays: [],
  retry: undefined,
  unclosed: undefined,
  rest: undefined,
  fault: undefined,
};
