import type { Writable } from "node:stream";
import type { BodyReader } from "./exchange.ts";

/**
 * Writes a body to a client, chunk by chunk. If the client goes away, it cancels the body.
 *
 * @param delivered returns when the client has read so many bytes, if that is known
 * @throws what `body` throws
 */
export async function writeBody(
  stream: Writable,
  body: BodyReader,
  delivered: (bytes: number) => Promise<void> | undefined,
): Promise<void> {
  let ended = false;
  stream.once("close", () => {
    if (!ended) body.cancel(new Error("The client went away."));
    ended = true;
  });
  for (let sent = 0; !ended; ) {
    let chunk: Uint8Array | undefined;
    try {
      chunk = await body.read();
    } catch (error) {
      ended = true;
      throw error;
    }
    if (chunk === undefined) break;
    sent += chunk.length;
    if (chunk.length > 0) await write(stream, chunk);
    await delivered(sent);
  }
  ended = true;
}

/** Resolves when the chunk is sent, or can no longer be sent. */
function write(stream: Writable, chunk: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    stream.write(chunk, () => resolve());
  });
}
