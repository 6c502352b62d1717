import type { HeaderLines } from "../cassette/model.ts";
import { type ContentDecoder, contentDecoder } from "../http/content-decoder.ts";
import { headerOf } from "../http/headers.ts";
import { type BodyReader, ConnectionFailure } from "./exchange.ts";

/** Decodes the `content-encoding` of `body`, as a fetch client does: one decoded chunk per encoded chunk. */
export function decompressed(body: BodyReader, headers: HeaderLines): BodyReader {
  const decoder = contentDecoder(headerOf(headers, "content-encoding"));
  if (decoder === undefined) return body;
  let ended = false;
  return {
    async read() {
      while (!ended) {
        const chunk = await body.read();
        ended = chunk === undefined;
        const decoded = await decodeNext(decoder, chunk);
        if (decoded.length > 0) return decoded;
      }
      return undefined;
    },
    cancel(reason) {
      decoder.destroy();
      body.cancel(reason);
    },
  };
}

async function decodeNext(decoder: ContentDecoder, chunk: Uint8Array | undefined): Promise<Uint8Array> {
  try {
    return await (chunk === undefined ? decoder.end() : decoder.write(chunk));
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    throw new ConnectionFailure({ message, ...(code === undefined ? {} : { code }) });
  }
}
