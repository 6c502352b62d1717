import zlib from "node:zlib";
import type { HeaderLines } from "../cassette/model.ts";
import { headerOf } from "../http/headers.ts";
import { type BodyReader, ConnectionFailure } from "./exchange.ts";

type Codec = "gzip" | "deflate" | "br" | "zstd";

/** The codings that a fetch client undoes, outermost first; empty where there is none or one is unknown. */
function codecs(headers: HeaderLines): readonly Codec[] {
  const named = (headerOf(headers, "content-encoding") ?? "")
    .split(",")
    .map((coding) => coding.trim().toLowerCase().replace(/^x-/, ""))
    .filter((coding) => coding !== "" && coding !== "identity");
  const known = named.filter((coding): coding is Codec => ["gzip", "deflate", "br", "zstd"].includes(coding));
  return known.length === named.length ? known.reverse() : [];
}

/** `body` with its `content-encoding` undone, as a fetch client sees it: one chunk for each encoded chunk. */
export function decompressed(body: BodyReader, headers: HeaderLines): BodyReader {
  return codecs(headers).reduce<BodyReader>((reader, codec) => inflating(reader, codec), body);
}

function inflating(source: BodyReader, codec: Codec): BodyReader {
  let decoder: Decoder | undefined;
  let finished = false;
  return {
    async read() {
      while (!finished) {
        const chunk = await source.read();
        if (chunk !== undefined && chunk.length === 0) continue;
        if (chunk === undefined) finished = true;
        if (decoder === undefined) {
          if (chunk === undefined) return undefined;
          decoder = new Decoder(streamFor(codec, chunk));
        }
        const decoded = chunk === undefined ? await decoder.end() : await decoder.write(chunk);
        if (decoded.length > 0) return decoded;
      }
      return undefined;
    },
    cancel(reason) {
      decoder?.destroy();
      source.cancel(reason);
    },
  };
}

function streamFor(codec: Codec, first: Uint8Array): zlib.Gunzip {
  const { Z_SYNC_FLUSH, BROTLI_OPERATION_FLUSH } = zlib.constants;
  // A cut stream must still give what has arrived: fetch clients do.
  const lenient = { flush: Z_SYNC_FLUSH, finishFlush: Z_SYNC_FLUSH };
  switch (codec) {
    case "gzip":
      return zlib.createGunzip(lenient);
    case "deflate":
      // Servers send both raw and zlib-wrapped data under this name; RFC 1950 headers have 8 in the low nibble.
      return ((first[0] ?? 0) & 0x0f) === 0x08 ? zlib.createInflate(lenient) : zlib.createInflateRaw(lenient);
    case "br":
      return zlib.createBrotliDecompress({
        flush: BROTLI_OPERATION_FLUSH,
        finishFlush: BROTLI_OPERATION_FLUSH,
      });
    case "zstd":
      return zlib.createZstdDecompress();
  }
}

/** A zlib stream as a function from an encoded chunk to what could be decoded by then. */
class Decoder {
  readonly #stream: zlib.Gunzip;
  #parts: Uint8Array[] = [];
  #error: Error | undefined;

  constructor(stream: zlib.Gunzip) {
    this.#stream = stream;
    stream.on("data", (part: Uint8Array) => this.#parts.push(part));
    stream.on("error", (error) => {
      this.#error = error;
    });
  }

  async write(chunk: Uint8Array): Promise<Uint8Array> {
    await new Promise<void>((resolve) => this.#stream.write(chunk, () => resolve()));
    return this.#take();
  }

  async end(): Promise<Uint8Array> {
    if (this.#error === undefined && !this.#stream.destroyed) {
      await new Promise<void>((resolve) => {
        this.#stream.once("close", resolve);
        this.#stream.end();
      });
    }
    return this.#take();
  }

  destroy(): void {
    this.#stream.destroy();
  }

  #take(): Uint8Array {
    if (this.#error !== undefined) {
      const { message, code } = this.#error as NodeJS.ErrnoException;
      throw new ConnectionFailure({ message, ...(code === undefined ? {} : { code }) });
    }
    const parts = this.#parts;
    this.#parts = [];
    return parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts);
  }
}
