import type { Duplex } from "node:stream";
import { consumptionOf } from "../consumption.ts";

/** Knows how much of a response its client has read. */
export interface Delivery {
  /** Resolves when the client has read so many bytes, or its stream is closed. */
  reached(bytes: number): Promise<void>;
}

/**
 * Follows what a client's stream receives. A chunk that arrives before the one before it is read would be joined to
 * it in one read.
 */
export function followDelivery(stream: Duplex): Delivery {
  const consumption = consumptionOf(stream);
  let received = 0;
  let wake: (() => void) | undefined;
  const push = stream.push;
  stream.push = (chunk: Uint8Array | null, encoding?: BufferEncoding) => {
    received += chunk?.length ?? 0;
    const more = push.call(stream, chunk, encoding);
    wake?.();
    return more;
  };
  stream.once("close", () => wake?.());
  return {
    async reached(bytes) {
      while (received < bytes && !stream.destroyed) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      await consumption.drained();
    },
  };
}
