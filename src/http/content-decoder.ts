import { Buffer } from "node:buffer";
import type zlib from "node:zlib";
import {
  type ContentCoding,
  codingsOf,
  isSupported,
  MAX_DECODED_BYTES,
  openDecoder,
} from "./content-decoding.ts";

/** Decodes a body chunk by chunk. Each call returns all bytes that can be decoded so far. */
export interface ContentDecoder {
  /** @throws Error if the bytes are not in the coding, or decode to more than {@link MAX_DECODED_BYTES} */
  write(chunk: Uint8Array): Promise<Uint8Array>;
  /** Returns the rest. A body that was cut off is not an error. */
  end(): Promise<Uint8Array>;
  /** Frees the memory. Call it if the body is not read to its end. */
  destroy(): void;
}

/** Returns a decoder for a `content-encoding`; `undefined` if the header names none, or one that is not supported. */
export function contentDecoder(header: string | undefined): ContentDecoder | undefined {
  const codings = codingsOf(header);
  if (codings.length === 0 || !codings.every(isSupported)) return undefined;
  const stages = codings.map((coding) => new OneDecoder(coding)).reverse();
  return {
    async write(chunk) {
      let bytes = chunk;
      for (const stage of stages) bytes = await stage.write(bytes);
      return bytes;
    },
    async end() {
      let bytes: Uint8Array = new Uint8Array();
      for (const stage of stages) bytes = Buffer.concat([await stage.write(bytes), await stage.end()]);
      return bytes;
    },
    destroy() {
      for (const stage of stages) stage.destroy();
    },
  };
}

/** A zlib stream as a function from encoded to decoded bytes. */
class OneDecoder implements ContentDecoder {
  readonly #coding: ContentCoding;
  #stream: zlib.Gunzip | undefined;
  #parts: Uint8Array[] = [];
  #length = 0;
  #error: Error | undefined;

  constructor(coding: ContentCoding) {
    this.#coding = coding;
  }

  async write(chunk: Uint8Array): Promise<Uint8Array> {
    if (chunk.length === 0) return chunk;
    const stream = this.#stream ?? this.#open(chunk);
    // zlib never calls back for a chunk that it fails on: it only closes the stream.
    await untilClosedOr(stream, (done) => stream.write(chunk, done));
    return this.#take();
  }

  async end(): Promise<Uint8Array> {
    const stream = this.#stream;
    if (stream !== undefined) await untilClosedOr(stream, () => stream.end());
    return this.#take();
  }

  destroy(): void {
    this.#stream?.destroy();
  }

  #open(first: Uint8Array): zlib.Gunzip {
    const stream = openDecoder(this.#coding, first);
    stream.on("data", (part: Uint8Array) => {
      this.#parts.push(part);
      this.#length += part.length;
      if (this.#length > MAX_DECODED_BYTES) stream.destroy(tooLarge());
    });
    stream.on("error", (error) => {
      this.#error = error;
    });
    this.#stream = stream;
    return stream;
  }

  #take(): Uint8Array {
    if (this.#error !== undefined) throw this.#error;
    const parts = this.#parts;
    this.#parts = [];
    return parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts);
  }
}

function untilClosedOr(stream: zlib.Gunzip, start: (done: () => void) => void): Promise<void> {
  if (stream.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off("close", done);
      resolve();
    };
    stream.once("close", done);
    start(done);
  });
}

function tooLarge(): Error {
  const message = `Failed to decode a body: it is larger than ${MAX_DECODED_BYTES} bytes when decoded`;
  return Object.assign(new Error(message), { code: "ERR_BUFFER_TOO_LARGE" });
}
