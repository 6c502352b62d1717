import { hash } from "node:crypto";
import { isObject } from "../cassette/is-object.ts";
import type { Decoded, FramedEvent } from "./decoder.ts";

/** One event of a stream, with the findings of its provider's decoder. */
export class TraceEvent implements FramedEvent {
  readonly index: number;
  readonly at: number | undefined;
  readonly event: string | undefined;
  readonly id: string | undefined;
  readonly messageType: string | undefined;
  readonly data: string;
  /** Number of the event in its stream, from 0. */
  readonly seq: number;
  /** Length of the visible text up to and including this event, in UTF-16 units. */
  readonly accumulated: number;
  /** The decoder's findings; empty for pings, bookkeeping and unknown events. */
  readonly decoded: readonly Decoded[];
  readonly #framed: FramedEvent;

  constructor(framed: FramedEvent, decoded: readonly Decoded[], accumulated: number) {
    this.index = framed.index;
    this.at = framed.at;
    this.event = framed.event;
    this.id = framed.id;
    this.messageType = framed.messageType;
    this.data = framed.data;
    this.seq = framed.index;
    this.accumulated = accumulated;
    this.decoded = decoded;
    this.#framed = framed;
  }

  /** Keeps Vitest from copying this for a diff: a copy loses the private fields. */
  get [Symbol.toStringTag](): string {
    return "TraceEvent";
  }

  /** `data` parsed; `undefined` if it is not JSON. */
  get payload(): unknown {
    return this.#framed.payload;
  }

  /**
   * The name of the event: its SSE or frame name, or the payload's `type`, `event_type`, `method` or `object`,
   * in this order; `result` for a JSON-RPC result; `[DONE]` for that marker; else `message`.
   */
  get type(): string {
    if (this.event !== undefined && this.event !== "message") return this.event;
    const payload = this.payload;
    if (!isObject(payload)) return this.data === "[DONE]" ? "[DONE]" : "message";
    for (const name of ["type", "event_type", "method", "object"]) {
      const value = payload[name];
      if (typeof value === "string" && value !== "") return value;
    }
    return payload.jsonrpc !== undefined && "result" in payload ? "result" : "message";
  }

  /** First 8 hexadecimal digits of the SHA-1 of `data`. */
  get sha1(): string {
    return hash("sha1", this.data).slice(0, 8);
  }

  /** The provider's own number of this event (`sequence_number`, or an SSE `id` that is a number); else `undefined`. */
  get sequence(): number | undefined {
    const payload = this.payload;
    if (isObject(payload) && typeof payload.sequence_number === "number") return payload.sequence_number;
    return this.id !== undefined && /^\d{1,15}$/.test(this.id) ? Number(this.id) : undefined;
  }

  /** Whether it has text, reasoning, a refusal or tool-call arguments. */
  get hasContent(): boolean {
    return this.decoded.some(isContent);
  }

  /** Whether it has visible text. */
  get hasText(): boolean {
    return this.decoded.some((each) => each.kind === "text" && each.text !== "");
  }
}

function isContent(decoded: Decoded): boolean {
  switch (decoded.kind) {
    case "text":
    case "reasoning":
    case "refusal":
      return decoded.text !== "";
    case "toolCall":
      return decoded.arguments !== undefined && decoded.arguments !== "";
    case "finish":
    case "usage":
    case "model":
    case "error":
    case "terminated":
      return false;
  }
}
