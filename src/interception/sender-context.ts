import { AsyncLocalStorage } from "node:async_hooks";
import { subscribe } from "node:diagnostics_channel";

/** Runs a function in the async context of whoever sent a request. */
export type SenderContext = <T>(body: () => T) => T;

/** What undici tells of a request, in npm's copies and in Node's own. */
interface UndiciMessage {
  readonly request: object;
  readonly socket?: object;
}

const senders = new WeakMap<object, SenderContext>();
const underWay = new WeakMap<object, SenderContext>();

/**
 * Follows requests of undici, and so of fetch, to the connections that they are written to. One that has waited
 * for a connection is written when another is over, in the async context of that one, and would count as its.
 *
 * `node:http` keeps the context of a request by itself.
 */
export function followSenders(): void {
  subscribe("undici:request:create", (message) => {
    senders.set((message as UndiciMessage).request, AsyncLocalStorage.snapshot() as SenderContext);
  });
  subscribe("undici:client:sendHeaders", (message) => {
    const { request, socket } = message as UndiciMessage;
    const sender = senders.get(request);
    if (sender !== undefined && socket !== undefined) underWay.set(socket, sender);
  });
}

/** The context of who sent what is written to `socket` now; the current one where nobody has told. */
export function senderOf(socket: object | undefined): SenderContext {
  const sender = socket && underWay.get(socket);
  return sender ?? ((body) => body());
}
