import { Buffer } from "node:buffer";
import type net from "node:net";
import type { HeaderLines } from "../cassette/model.ts";

/** How `ServerResponse` ends a chunked body. */
const LAST_CHUNK = "0\r\n\r\n";

/**
 * Sends trailers with the last chunk of a chunked body, which is pushed next. The interceptors answer with a
 * `Response`, which has no trailers.
 */
export function sendTrailers(socket: net.Socket, trailers: HeaderLines): void {
  const own = Object.getOwnPropertyDescriptor(socket, "push");
  const push = socket.push;
  socket.push = (chunk: Uint8Array | null, encoding?: BufferEncoding): boolean => {
    if (own === undefined) Reflect.deleteProperty(socket, "push");
    else Object.defineProperty(socket, "push", own);
    if (chunk === null || Buffer.from(chunk).toString("latin1") !== LAST_CHUNK) {
      return push.call(socket, chunk, encoding);
    }
    const lines = trailers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
    return push.call(socket, Buffer.from(`0\r\n${lines}\r\n`, "latin1"));
  };
}
