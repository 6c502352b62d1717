import type { FramedEvent } from "./decoder.ts";
import { parseJson } from "./parse-json.ts";

/** What a reader knows of an event before it has a place in the stream. */
export interface EventFields {
  readonly event?: string | undefined;
  readonly id?: string | undefined;
  readonly messageType?: string | undefined;
  readonly data: string;
}

/** A framed event that parses its payload when first asked for it. */
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

  /** Tells Vitest not to copy this when it prints a difference: the private fields do not come along. */
  get [Symbol.toStringTag](): string {
    return "StreamEvent";
  }

  get payload(): unknown {
    this.#payload ??= { value: parseJson(this.data) };
    return this.#payload.value;
  }
}
