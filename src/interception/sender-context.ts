import { AsyncLocalStorage } from "node:async_hooks";
import { subscribe, unsubscribe } from "node:diagnostics_channel";

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
 * Follows requests of undici, and so of fetch, to the connections that they are written to. A request that has
 * waited for a connection is written when another one is over, in that one's async context, and would count as its.
 *
 * `node:http` keeps the context of a request by itself.
 *
 * @returns a function that stops it
 */
export function followSenders(): () => void {
  subscribe("undici:request:create", noteSender);
  subscribe("undici:client:sendHeaders", noteConnection);
  return () => {
    unsubscribe("undici:request:create", noteSender);
    unsubscribe("undici:client:sendHeaders", noteConnection);
  };
}

function noteSender(message: unknown): void {
  senders.set((message as UndiciMessage).request, AsyncLocalStorage.snapshot() as SenderContext);
}

function noteConnection(message: unknown): void {
  const { request, socket } = message as UndiciMessage;
  const sender = senders.get(request);
  if (sender !== undefined && socket !== undefined) underWay.set(socket, sender);
}

/** The context of whoever sent what is being written to `socket`; the current one if that is unknown. */
export function senderOf(socket: object | undefined): SenderContext {
  const sender = socket && underWay.get(socket);
  return sender ?? ((body) => body());
}
