import type net from "node:net";
import { pause, turn } from "../http/real-clock.ts";
import { ReadableStream } from "../http/web-api.ts";
import { consumptionOf } from "./consumption.ts";
import type { BodyReader } from "./exchange.ts";
import { ConnectionFailure } from "./exchange.ts";
import { CLOSED_EARLY, systemError } from "./system-error.ts";

export interface SocketBodyOptions {
  /** The client's end of the connection. */
  readonly socket: net.Socket | undefined;
  /** The `content-length`; `undefined` if there is none. */
  readonly length: number | undefined;
  /** Whether the client inflates what it reads. */
  readonly encoded: boolean;
  /** Sends what follows the body. Called at its end. */
  readonly onEnd: () => void;
}

/** An empty write that sends the head of the response, which otherwise waits for the first chunk. */
const HEAD = new Uint8Array();

/** How long to wait for inflating, in milliseconds. It runs in another thread, and a failure loses what is not done. */
const INFLATING = 30;

/** Writes the body of a response to a socket: one chunk of `body` for each read of the client. */
export function socketBody(body: BodyReader, options: SocketBodyOptions): ReadableStream<Uint8Array> {
  let state: "head" | "body" | "ended" = "head";
  let received = 0;
  const consumption = options.socket && consumptionOf(options.socket);

  async function next(): Promise<Uint8Array | undefined> {
    if (state === "ended") return undefined;
    if (state === "head") {
      state = "body";
      return HEAD;
    }
    // Two chunks that are pushed in one turn of the event loop, or before the first is read, arrive as one read.
    await turn();
    await consumption?.drained();
    const chunk = await body.read();
    received += chunk?.length ?? 0;
    if (chunk === undefined) {
      state = "ended";
      options.onEnd();
    } else if (received === options.length) {
      // A client can close the connection at the last byte, and would never read the end.
      await body.read();
      state = "ended";
    }
    return chunk;
  }

  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const chunk = await next();
          if (chunk === undefined) controller.close();
          else controller.enqueue(chunk);
        } catch (error) {
          state = "ended";
          if (error instanceof ConnectionFailure) await drop(options, error);
          controller.error(error);
        }
      },
      cancel(reason) {
        if (state === "ended") return;
        state = "ended";
        body.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}

/** A body that fails before the client gets a byte, even of the head. */
export function noResponse(
  failure: ConnectionFailure,
  socket: net.Socket | undefined,
): ReadableStream<Uint8Array> {
  return new ReadableStream(
    {
      async pull(controller) {
        await drop({ socket, encoded: false }, failure);
        controller.error(failure);
      },
    },
    { highWaterMark: 0 },
  );
}

/** Ends the client's connection as the provider's ended: with an early close, or with a system error. */
async function drop(
  { socket, encoded }: Pick<SocketBodyOptions, "socket" | "encoded">,
  failure: ConnectionFailure,
): Promise<void> {
  // Lets the client read what was sent before.
  await (encoded ? pause(INFLATING) : turn());
  if (socket === undefined || socket.destroyed) return;
  if (failure.code === CLOSED_EARLY) socket.push(null);
  else socket.destroy(systemError(failure));
  // The socket is destroyed next. A client that has not read the end by then reports another error.
  for (let turns = 0; turns < 20 && !socket.readableEnded && !socket.destroyed; turns++) await turn();
}
