import type net from "node:net";
import { carriesOwnRequest } from "./sender-context.ts";

const PENDING = 0;

/**
 * Lets requests that we sent ourselves pass to the server as they are. The interceptors would parse each one, build a
 * `Request` and ask all listeners, only to pass it on: that takes longer than to send it.
 *
 * @param controller the interceptors' own of this connection
 * @param socket the client's end
 * @param onRequest called when a part of such a request is sent
 */
export function passOwnRequests(controller: object, socket: net.Socket, onRequest: () => void): void {
  const passing = controller as { readonly readyState?: number; readonly passthrough?: () => unknown };
  const { passthrough } = passing;
  if (typeof passthrough !== "function") return;
  const emit = socket.emit as (...args: unknown[]) => boolean;
  // They parse what a client writes during this event.
  socket.emit = (event: string | symbol, ...args: unknown[]) => {
    if (event !== "internal:write" || !carriesOwnRequest(socket)) return emit.call(socket, event, ...args);
    onRequest();
    if (passing.readyState === PENDING) passthrough.call(controller);
    return true;
  };
}
