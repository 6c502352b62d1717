import type { StreamChunk } from "../cassette/chunk.ts";
import type { HeaderLines, RecordedRequest } from "../cassette/model.ts";
import { contentTypeOf, readerFor } from "../providers/decode-stream.ts";
import { recognize } from "../providers/registry.ts";
import type { FramedEvent, StreamDecoder } from "../streams/decoder.ts";
import { Framer } from "../streams/framer.ts";
import { NO_EVENTS } from "../streams/framing.ts";

/** The content that one chunk adds to a stream. A field is `undefined` if it adds nothing. */
export interface ChunkContent {
  readonly text?: string | undefined;
  readonly reasoning?: string | undefined;
  /** Argument text of tool calls. */
  readonly arguments?: string | undefined;
}

/** Decodes a response while it arrives: says what each chunk adds. */
export class ChunkContentReader {
  readonly #framer: Framer;
  readonly #choose: ReturnType<typeof readerFor>;
  #decoder: StreamDecoder | undefined;
  #seen = 0;

  constructor(
    request: RecordedRequest,
    response: { readonly status: number; readonly headers: HeaderLines },
  ) {
    this.#framer = new Framer(contentTypeOf(response.headers, response.status));
    this.#choose = readerFor(recognize(request.url, request), response.status, response.headers);
  }

  /** Adds the next chunk: decoded bytes, without `content-encoding`. */
  push(chunk: StreamChunk): ChunkContent {
    return this.#contentOf(this.#framer.push(chunk));
  }

  /** Ends the body. Returns what became readable only now: a JSON body is one event, known at its end. */
  end(): ChunkContent {
    return this.#contentOf(this.#framer.end().events.slice(this.#seen));
  }

  #contentOf(events: readonly FramedEvent[]): ChunkContent {
    this.#seen += events.length;
    if (events.length === 0) return {};
    this.#decoder ??= this.#choose({ ...NO_EVENTS, events }).decoder;
    const content = { text: "", reasoning: "", arguments: "" };
    for (const event of events) {
      for (const each of this.#decoder?.decode(event) ?? []) {
        if (each.kind === "text" || each.kind === "reasoning") content[each.kind] += each.text;
        else if (each.kind === "refusal") content.text += each.text;
        else if (each.kind === "toolCall") content.arguments += each.arguments ?? "";
      }
    }
    return Object.fromEntries(Object.entries(content).filter(([, text]) => text !== ""));
  }
}
