import type { Readable } from "node:stream";
import type { BodyReader, ConnectionFailure } from "./exchange.ts";

export interface ChunkReader {
  readonly reader: BodyReader;
  /** Ends the body, with an error if it failed. Only the first call counts. */
  settle(error?: ConnectionFailure): void;
}

/** Reads a stream chunk by chunk, as its chunks arrive. The caller says when the stream ends. */
export function chunkReader(source: Readable, cancel: () => void): ChunkReader {
  // 'readable' and read() would join chunks that arrived in the meantime: use single 'data' events.
  const chunks: Uint8Array[] = [];
  let end: { error?: ConnectionFailure } | undefined;
  let wake: (() => void) | undefined;
  source.on("data", (chunk: Uint8Array) => {
    chunks.push(chunk);
    source.pause();
    wake?.();
  });
  source.pause();
  const reader: BodyReader = {
    async read() {
      for (;;) {
        const chunk = chunks.shift();
        if (chunk !== undefined) return chunk;
        if (end?.error) throw end.error;
        if (end) return undefined;
        await new Promise<void>((resolve) => {
          wake = resolve;
          source.resume();
        });
        wake = undefined;
      }
    },
    cancel,
  };
  return {
    reader,
    settle(error) {
      end ??= error === undefined ? {} : { error };
      wake?.();
    },
  };
}
