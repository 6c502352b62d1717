import { isUtf8 } from "node:buffer";
import type { StreamChunk } from "../cassette/chunk.ts";
import { CassetteError } from "../cassette/errors.ts";
import type { HeaderLines, Interaction, RecordedResponse, StreamEnd } from "../cassette/model.ts";
import { lengthsOf, storedBodyOf } from "../cassette/stored-body.ts";
import { decodeChunks } from "../http/content-decoding.ts";
import { headerOf } from "../http/headers.ts";
import { Headers } from "../http/web-api.ts";
import { declaredFraming } from "../streams/declared-framing.ts";
import { type Framed, NO_EVENTS } from "../streams/framing.ts";
import { type StreamReader, StreamTrace } from "../streams/stream-trace.ts";
import { ErrorBodyDecoder } from "./decoders/error-body.ts";
import { UiMessageDecoder } from "./decoders/ui-message.ts";
import type { Recognized } from "./profile.ts";
import { recognize } from "./registry.ts";
import { sniff } from "./sniff.ts";

/** A response as bytes from anywhere. */
export interface StreamToDecode {
  /** URL of the request. Without it, the shape of the events identifies the provider. */
  readonly url?: string | URL | undefined;
  /** HTTP status of the response. @defaultValue `200` */
  readonly status?: number | undefined;
  /** Headers of the response: header lines, an object or a `Headers`. */
  readonly headers?: HeaderLines | Headers | Readonly<Record<string, string>> | undefined;
  /** The body as it was read; `at` in milliseconds since the request was sent. */
  readonly chunks: readonly StreamChunk[];
  /** How the bytes ended, if known. */
  readonly end?: StreamEnd | undefined;
}

/**
 * Decodes a response into its events, their content and their timing. For an unknown provider it gives framing
 * and timing. Never throws, whatever the bytes are.
 */
export function decodeStream(stream: StreamToDecode): StreamTrace {
  const headers = headerLines(stream.headers);
  return new StreamTrace({
    chunks: decodeChunks(stream.chunks, headerOf(headers, "content-encoding")),
    contentType: contentTypeOf(headers, stream.status),
    end: stream.end,
    reader: readerFor(stream.url === undefined ? undefined : recognize(stream.url), stream.status, headers),
  });
}

/** The AI SDK's header for its own protocol. */
const UI_MESSAGE_STREAM = "x-vercel-ai-ui-message-stream";

const traces = new WeakMap<Interaction, StreamTrace>();

/** Decodes the response of a recorded interaction. Remembers the trace, because an interaction never changes. */
export function traceInteraction(interaction: Interaction): StreamTrace {
  const known = traces.get(interaction);
  if (known !== undefined) return known;
  const { chunks } = interaction.response;
  const latest = latestOf.get(chunks);
  const isSame = latest?.length === chunks.length && tracesAlike(latest.interaction, interaction);
  const trace = isSame ? latest.trace : decodeInteraction(interaction);
  latestOf.set(chunks, { interaction, length: chunks.length, trace });
  traces.set(interaction, trace);
  return trace;
}

/** The latest trace by its chunks: a recording is copied, with its place on the tape or other headers, and not decoded again. */
const latestOf = new WeakMap<
  readonly Uint8Array[],
  {
    readonly interaction: Interaction;
    /** While a response arrives, chunks are added. */
    readonly length: number;
    readonly trace: StreamTrace;
  }
>();

const TRACED_HEADERS = ["content-type", "content-encoding", UI_MESSAGE_STREAM];

/** Whether two interactions with the same chunks have the same trace. */
function tracesAlike(one: Interaction, other: Interaction): boolean {
  const [before, after] = [one.response, other.response];
  return (
    one.request === other.request &&
    before.timing?.headers === after.timing?.headers &&
    before.timing?.chunks === after.timing?.chunks &&
    before.status === after.status &&
    before.end === after.end &&
    before.decoded === after.decoded &&
    TRACED_HEADERS.every((name) => headerOf(before.headers, name) === headerOf(after.headers, name))
  );
}

function decodeInteraction({ request, response }: Interaction): StreamTrace {
  const { timing } = response;
  if (isUnread(response.chunks) || isData(response)) return traceUnread(response);
  const chunks = response.chunks.map((bytes, index): StreamChunk => ({ at: timing?.chunks[index], bytes }));
  const encoding = response.decoded === true ? undefined : headerOf(response.headers, "content-encoding");
  return new StreamTrace({
    chunks: decodeChunks(chunks, encoding),
    headers: timing?.headers,
    contentType: contentTypeOf(response.headers, response.status),
    end: response.end,
    reader: readerFor(recognize(request.url, request), response.status, response.headers),
  });
}

/** The largest body in a file of its own that is read to find its events: 16 MiB. */
const MAX_READ_BYTES = 16 * 1024 * 1024;

/** Whether a body is in a file that is too large to read without being asked to, or that cannot be read. */
export function isUnread(chunks: readonly Uint8Array[]): boolean {
  const stored = storedBodyOf(chunks);
  if (stored === undefined) return false;
  if (stored.bytes > MAX_READ_BYTES) return true;
  try {
    return chunks[0] === undefined;
  } catch (error) {
    // Whoever asks for the bytes gets the error.
    if (error instanceof CassetteError) return true;
    throw error;
  }
}

/** Whether a body is an image or the like, by its type and first bytes: looking for events in megabytes takes seconds. */
function isData({ chunks, headers }: RecordedResponse): boolean {
  if (declaredFraming(headerOf(headers, "content-type")) !== undefined) return false;
  if (headerOf(headers, "content-encoding") !== undefined) return false;
  const start = chunks[0]?.subarray(0, 512) ?? new Uint8Array();
  // A frame of AWS begins with a zero, and gzip with 0x1f.
  if (start[0] === 0 || start[0] === 0x1f || isUtf8(start)) return false;
  return start.some((byte) => byte < 0x07 || (byte > 0x0d && byte < 0x1b) || (byte > 0x1b && byte < 0x20));
}

/** Returns a trace without events. Its bytes are read on demand. */
function traceUnread({ chunks, timing, headers, status, end }: RecordedResponse): StreamTrace {
  const lazy = lengthsOf(chunks).map(
    (_, index): StreamChunk => ({
      at: timing?.chunks[index],
      get bytes() {
        return chunks[index] as Uint8Array;
      },
    }),
  );
  return new StreamTrace({
    chunks: lazy,
    headers: timing?.headers,
    contentType: contentTypeOf(headers, status),
    end,
    framed: NO_EVENTS,
    reader: () => ({ provider: undefined, api: undefined, decoder: undefined }),
  });
}

/** Returns the content type. Ignores SSE on errors: Gemini sends its JSON errors as `text/event-stream`. */
export function contentTypeOf(headers: HeaderLines, status = 200): string | undefined {
  const type = headerOf(headers, "content-type");
  return status >= 400 && type !== undefined && /event-stream/i.test(type) ? undefined : type;
}

/** Chooses the decoder of a response. */
export function readerFor(
  recognized: Recognized | undefined,
  status: number | undefined = 200,
  headers: HeaderLines = [],
): (framed: Framed) => StreamReader {
  return (framed) => {
    const provider = recognized?.profile.name;
    const api = recognized?.endpoint.api;
    if (status >= 400) return { provider, api, decoder: new ErrorBodyDecoder() };
    if (headerOf(headers, UI_MESSAGE_STREAM) !== undefined) {
      return { provider: "ai-sdk-ui", api: "ui-message-stream", decoder: new UiMessageDecoder() };
    }
    const known = recognized?.endpoint.decoder?.();
    const sniffed = sniff(framed);
    // A gateway can answer in another API's format than its path says.
    const other = sniffed?.api !== undefined && sniffed.decoder.constructor !== known?.constructor;
    return {
      provider: provider ?? sniffed?.provider,
      api: known === undefined ? (sniffed?.api ?? api) : api,
      decoder: known === undefined || other ? sniffed?.decoder : known,
    };
  };
}

/** Whether a response is an error or a UI message stream, whatever its provider is. */
export function saysItsFormat(status: number, headers: HeaderLines): boolean {
  return status >= 400 || headerOf(headers, UI_MESSAGE_STREAM) !== undefined;
}

function headerLines(headers: StreamToDecode["headers"] = []): HeaderLines {
  if (Array.isArray(headers)) return headers as HeaderLines;
  return headers instanceof Headers ? [...headers] : Object.entries(headers);
}
