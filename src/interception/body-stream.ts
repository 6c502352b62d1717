import { ReadableStream } from "../http/web-api.ts";
import type { BodyReader } from "./exchange.ts";
import { ConnectionFailure } from "./exchange.ts";
import { systemError } from "./system-error.ts";

/**
 * Makes a byte stream that returns exactly one chunk of `body` per read, reads the next one only on demand, and fails
 * as a fetch body does.
 *
 * @param signal ends the stream with its reason, as fetch does when the client aborts
 */
export function bodyStream(body: BodyReader, signal: AbortSignal | undefined): ReadableStream<Uint8Array> {
  let ended = false;
  let onAbort: (() => void) | undefined;

  const end = (): void => {
    ended = true;
    if (onAbort) signal?.removeEventListener("abort", onAbort);
  };

  const deliver = (controller: ReadableByteStreamController, chunk: Uint8Array | undefined): void => {
    if (ended) return;
    if (chunk === undefined) {
      end();
      controller.close();
      // A pending "bring your own buffer" read only ends with an empty answer after close().
      controller.byobRequest?.respond(0);
      return;
    }
    // A byte stream takes ownership of the buffer: pass a copy.
    controller.enqueue(new Uint8Array(chunk));
  };

  const fail = (controller: ReadableByteStreamController, error: unknown): void => {
    if (ended) return;
    end();
    controller.error(error instanceof ConnectionFailure ? terminated(error) : error);
  };

  const pull = async (controller: ReadableByteStreamController): Promise<void> => {
    try {
      deliver(controller, await nextFilled(body));
    } catch (error) {
      fail(controller, error);
    }
  };

  return new ReadableStream({
    type: "bytes",
    start(controller) {
      if (signal === undefined) return;
      onAbort = () => {
        if (ended) return;
        end();
        controller.error(signal.reason);
        body.cancel(signal.reason);
      };
      if (signal.aborted) onAbort();
      else signal.addEventListener("abort", onAbort, { once: true });
    },
    pull(controller) {
      if (ended) return;
      let chunk: ReturnType<BodyReader["read"]>;
      try {
        chunk = body.read();
      } catch (error) {
        fail(controller, error);
        return;
      }
      if (chunk instanceof Promise) {
        return chunk.then(
          (value) => (value?.length === 0 ? pull(controller) : deliver(controller, value)),
          (error: unknown) => fail(controller, error),
        );
      }
      if (chunk?.length === 0) return pull(controller);
      deliver(controller, chunk);
    },
    cancel(reason) {
      if (ended) return;
      end();
      body.cancel(reason);
    },
  });
}

/** Skips empty chunks, which a byte stream refuses. */
async function nextFilled(body: BodyReader): Promise<Uint8Array | undefined> {
  for (;;) {
    const chunk = await body.read();
    if (chunk === undefined || chunk.length > 0) return chunk;
  }
}

/** Makes the error that Node's fetch throws from a body whose connection failed. */
function terminated(failure: ConnectionFailure): unknown {
  if (failure.original !== undefined) return failure.original;
  return new TypeError("terminated", { cause: systemError(failure) });
}
