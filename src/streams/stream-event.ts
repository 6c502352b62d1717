import type { FramedEvent } from "./decoder.ts";
import { parseJson } from "./parse-json.ts";

/** The fields of an event, before it has a position in the stream. */
export interface EventFields {
  readonly event?: string | undefined;
  readonly id?: string | undefined;
  readonly messageType?: string | undefined;
  readonly data: string;
}

/** A framed event that parses its payload on first use. */
export class StreamEvent implements FramedEvent {
  readonly index: number;
  readonly at: number | undefined;
  readonly event: string | undefined;
  readonly id: string | undefined;
  readonly messageType: string | undefined;
  readonly data: string;
  #payload: { readonly value: unknown } | undefined;

  constructor(
    index: number,
    at: number | undefined,
    fields: EventFields,
    payload?: { readonly value: unknown },
  ) {
    this.index = index;
    this.at = at;
    this.event = fields.event;
    this.id = fields.id;
    this.messageType = fields.messageType;
    this.data = fields.data;
    this.#payload = payload;
  }

  /** Keeps Vitest from copying this for a diff: a copy loses the private fields. */
  get [Symbol.toStringTag](): string {
    return "StreamEvent";
  }

  get payload(): unknown {
    this.#payload ??= { value: parseJson(this.data) };
    return this.#payload.value;
  }
}
