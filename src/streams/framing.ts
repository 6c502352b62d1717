import type { FramedEvent } from "./decoder.ts";

/**
 * How a body is cut into events: server-sent events, a JSON value a line, the elements of one JSON array,
 * one JSON value, AWS's binary frames, plain text in which each chunk is an event, or values that code handed on
 * and that never were bytes.
 */
export type Framing = "sse" | "ndjson" | "json-array" | "json" | "aws-eventstream" | "text" | "values";

/** An SSE comment: keeps a connection alive and carries no content. */
export interface StreamComment {
  readonly at: number | undefined;
  readonly text: string;
  /** Index of the event that came next. */
  readonly before: number;
}

/** A line of an SSE stream that is no field of the standard, which its parsers skip: `error: {...}`, bare JSON. */
export interface StrayLine {
  readonly at: number | undefined;
  readonly line: string;
  readonly before: number;
}

/** Bytes that break the rules of their framing. Nothing after them can be read. */
export interface FramingFault {
  readonly at: number | undefined;
  readonly code: "bad_crc" | "bad_frame";
  readonly message: string;
}

/** A body cut into its events. */
export interface Framed {
  /** `undefined` for an empty body. */
  readonly framing: Framing | undefined;
  readonly events: readonly FramedEvent[];
  readonly comments: readonly StreamComment[];
  readonly strays: readonly StrayLine[];
  /** Last SSE `retry:`, in milliseconds. */
  readonly retry: number | undefined;
  /** The last SSE event where no blank line closed it: the standard drops it, many clients do not. */
  readonly unclosed: FramedEvent | undefined;
  /** Text of an event that the end of the body cut. */
  readonly rest: string | undefined;
  readonly fault: FramingFault | undefined;
}
