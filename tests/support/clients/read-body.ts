import type { Readable } from "node:stream";
import type { ClientResult } from "./client.ts";
import type { Recorder } from "./recorder.ts";

/** Reads a web stream to its end, its failure, or the point where it is left. */
export async function readWebStream(
  stream: ReadableStream<Uint8Array> | null,
  recorder: Recorder,
): Promise<ClientResult> {
  try {
    if (stream !== null && recorder.left) await stream.cancel();
    else {
      for await (const chunk of stream ?? []) {
        await recorder.chunk(chunk);
        if (recorder.left) break;
      }
    }
  } catch (error) {
    return recorder.result(false, error);
  }
  return recorder.result(true);
}

/** Reads a Node stream by its `data` events, so that reads are seen as they come. */
export function readNodeStream(stream: Readable, recorder: Recorder): Promise<ClientResult> {
  return new Promise((resolve) => {
    let ended = false;
    let pending: Promise<void> = Promise.resolve();
    const settle = (error?: unknown): void => {
      void pending.then(() => resolve(recorder.result(ended, error)));
    };
    stream.on("error", settle);
    stream.on("end", () => {
      ended = true;
      settle();
    });
    stream.on("close", () => settle());
    const read = (chunk: Uint8Array): void => {
      stream.pause();
      pending = recorder.chunk(chunk).then(() => {
        if (recorder.left) stream.destroy();
        else stream.resume();
      });
    };
    if (recorder.left) stream.destroy();
    else stream.on("data", read);
  });
}
