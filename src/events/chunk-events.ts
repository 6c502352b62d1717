import type { StreamChunk } from "../cassette/chunk.ts";
import type { HeaderLines, RecordedRequest } from "../cassette/model.ts";
import { headerOf } from "../http/headers.ts";
import type { TextStream } from "../redaction/text-stream.ts";
import type { EventBus } from "./bus.ts";
import { type ChunkContent, ChunkContentReader } from "./chunk-content.ts";
import { shortHash } from "./short-hash.ts";
import { shownText } from "./shown-text.ts";

export interface ChunkEventsOptions {
  readonly id: string;
  readonly parent: string | undefined;
  readonly request: RecordedRequest;
  readonly response: {
    readonly status: number;
    readonly headers: HeaderLines;
    /** Whether the chunks are decoded from the `content-encoding` in the headers. */
    readonly decoded: boolean;
  };
  /** Removes secrets; `undefined` if there are none. */
  readonly redactor: { streamText(): TextStream } | undefined;
}

/** How many bytes of a body are decoded for events. */
const MAX_BYTES = 16 * 1024 * 1024;
/** How many bytes of chunks that were dropped wait to be decoded, and how much of their text is kept. */
const MAX_UNREAD = 64 * 1024;

type Channel = keyof ChunkContent;
type Content = { -readonly [Name in Channel]?: string };

/** Sends the chunks of one response as events. */
export class ChunkEvents {
  readonly #bus: EventBus;
  readonly #options: ChunkEventsOptions;
  readonly #reader: ChunkContentReader | undefined;
  readonly #channels = new Map<Channel, TextStream>();
  /** By their numbers; those that are decoded are gone. */
  readonly #chunks: (StreamChunk | undefined)[] = [];
  /** The number of the first chunk that is not decoded yet. */
  #next = 0;
  #undecodedBytes = 0;
  /** Decoded content that is in no event yet. */
  #unread: Content = {};
  #count = 0;
  #bytes = 0;

  constructor(bus: EventBus, options: ChunkEventsOptions) {
    this.#bus = bus;
    this.#options = options;
    if (isReadable(options.response))
      this.#reader = new ChunkContentReader(options.request, options.response);
  }

  /** @param at milliseconds since the request was sent */
  add(bytes: Uint8Array, at: number): void {
    if (!this.#bus.reads("chunk")) return;
    const { id, parent, redactor } = this.#options;
    const index = this.#count++;
    const { length } = bytes;
    this.#bytes += length;
    if (this.#reader === undefined || this.#bytes > MAX_BYTES) {
      this.#bus.emit("chunk", () => ({ id, parent, index, at, bytes: length }));
      return;
    }
    // The client's stream may take the buffer away.
    const kept = bytes.slice();
    this.#chunks[index] = { bytes: kept, at };
    this.#undecodedBytes += length;
    const onDrop = (): void => {
      if (this.#undecodedBytes > MAX_UNREAD) this.#decode(index);
    };
    this.#bus.emit(
      "chunk",
      () => ({
        id,
        parent,
        index,
        at,
        bytes: length,
        sha1: shortHash(kept),
        ...this.#content(index),
        data: redactor === undefined ? shownText(kept) : undefined,
      }),
      { bytes: length, onDrop },
    );
  }

  /** Returns what is new up to a chunk: the text of those that were dropped comes with the next one. */
  #content(index: number): ChunkContent {
    this.#decode(index);
    const content = this.#unread;
    this.#unread = {};
    return content;
  }

  #decode(last: number): void {
    while (this.#next <= last) {
      const chunk = this.#chunks[this.#next];
      this.#chunks[this.#next++] = undefined;
      if (chunk === undefined) return;
      this.#undecodedBytes -= chunk.bytes.length;
      for (const [channel, text] of Object.entries(this.#reader?.push(chunk) ?? {}) as [Channel, string][]) {
        const clean = this.#clean(channel, text);
        const before = this.#unread[channel] ?? "";
        // The result of the request has the whole text.
        if (before.length < MAX_UNREAD) this.#unread[channel] = before + clean;
      }
    }
  }

  #clean(channel: Channel, text: string): string {
    const { redactor } = this.#options;
    if (redactor === undefined) return text;
    const stream = this.#channels.get(channel) ?? redactor.streamText();
    this.#channels.set(channel, stream);
    return stream.push(text);
  }
}

/** Whether the chunks of a response can be decoded as they come. */
function isReadable({ headers, decoded }: ChunkEventsOptions["response"]): boolean {
  const encoding = headerOf(headers, "content-encoding") ?? "identity";
  if (!decoded && encoding !== "identity") return false;
  return /json|event-?stream|text\//i.test(headerOf(headers, "content-type") ?? "");
}
