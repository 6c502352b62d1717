import { constants, createBrotliCompress, createDeflate, createGzip } from "node:zlib";
import type { Script } from "./script.ts";

export type Encoding = "gzip" | "br" | "deflate";

const KNOWN: readonly string[] = ["gzip", "br", "deflate"];

/** The encoding that a script and `accept-encoding` lead to. */
export function encodingOf(script: Script, accept: string): Encoding | undefined {
  if (script.encoding !== "accepted") return script.encoding;
  const offers = accept.split(",").map((offer) => offer.trim());
  const offer = offers.find((text) => KNOWN.includes(text.split(";")[0] ?? "") && !text.endsWith("q=0"));
  return offer?.split(";")[0] as Encoding | undefined;
}

/** Compresses piece by piece, flushed after each, so that a client can decode as many pieces as were sent. */
export async function* encodePieces(
  pieces: Iterable<Uint8Array>,
  encoding: Encoding,
): AsyncGenerator<Uint8Array, void, undefined> {
  const encoder = createEncoder(encoding);
  const flush = encoding === "br" ? constants.BROTLI_OPERATION_FLUSH : constants.Z_SYNC_FLUSH;
  let parts: Uint8Array[] = [];
  encoder.on("data", (part: Uint8Array) => parts.push(part));
  const taken = (): Uint8Array => {
    const bytes = Buffer.concat(parts);
    parts = [];
    return bytes;
  };
  for (const piece of pieces) {
    encoder.write(piece);
    await new Promise<void>((resolve) => encoder.flush(flush, resolve));
    yield taken();
  }
  await new Promise<void>((resolve) => encoder.on("end", resolve).end());
  const tail = taken();
  if (tail.length > 0) yield tail;
}

function createEncoder(encoding: Encoding): ReturnType<typeof createGzip | typeof createBrotliCompress> {
  switch (encoding) {
    case "gzip":
      return createGzip();
    case "br":
      return createBrotliCompress();
    case "deflate":
      return createDeflate();
  }
}
