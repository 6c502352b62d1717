import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

/** The connection of one request, whose answer is written byte by byte: no HTTP server would send it. */
export interface Wire {
  /** Resolves when the bytes were taken; rejects when the client is gone. */
  write(bytes: string | Uint8Array): Promise<void>;
  /** Long enough for what was written to be read alone. */
  pause(milliseconds?: number): Promise<void>;
  end(): void;
  /** RST. */
  reset(): void;
}

export type RawAnswer = (wire: Wire) => Promise<void> | void;

export interface RawServer extends AsyncDisposable {
  /** Origin; each answer is to be had at its own path. */
  readonly url: string;
  urlOf(name: string): string;
  readonly openConnections: number;
}

/** Answers on 127.0.0.1, by name. */
export async function startRawServer(answers: Readonly<Record<string, RawAnswer>>): Promise<RawServer> {
  const names = Object.keys(answers);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    let head = "";
    socket.on("data", (data) => {
      head += data.toString("latin1");
      if (!head.includes("\r\n\r\n")) return;
      const index = Number(/ \/v1\/raw\/(\d+)/.exec(head)?.[1]);
      head = "";
      const answer = answers[names[index] ?? ""];
      if (answer === undefined) socket.destroy();
      else Promise.resolve(answer(wireOf(socket))).catch(() => socket.destroy());
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    urlOf: (name) => `${url}/v1/raw/${names.indexOf(name)}`,
    get openConnections() {
      return sockets.size;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

function wireOf(socket: Socket): Wire {
  return {
    async write(bytes) {
      if (socket.destroyed) throw new Error("the client is gone");
      const taken = socket.write(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes);
      if (!taken) await untilTaken(socket);
    },
    pause: (milliseconds = 5) => wait(milliseconds),
    end: () => socket.end(),
    reset: () => socket.resetAndDestroy(),
  };
}

function untilTaken(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off("drain", done).off("close", done);
      resolve();
    };
    socket.on("drain", done).on("close", done);
  });
}

/** A response's head, with `connection: close`. */
export function head(...lines: readonly string[]): string {
  return ["HTTP/1.1 200 OK", ...lines, "connection: close", "", ""].join("\r\n");
}

/** One chunk of a chunked body. */
export function chunk(bytes: string | Uint8Array): Buffer {
  const data = typeof bytes === "string" ? Buffer.from(bytes, "latin1") : Buffer.from(bytes);
  return Buffer.concat([Buffer.from(`${data.length.toString(16)}\r\n`), data, Buffer.from("\r\n")]);
}

export const LAST_CHUNK = "0\r\n\r\n";
