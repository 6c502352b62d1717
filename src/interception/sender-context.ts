import { AsyncLocalStorage } from "node:async_hooks";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { interceptionState } from "./context.ts";

/** Runs a function in the async context of the sender of a request. */
export type SenderContext = <T>(body: () => T) => T;

/** The diagnostics of undici about a request, in npm's copies and in Node's own. */
interface UndiciMessage {
  readonly request: { readonly method?: string };
  readonly socket?: object;
}

const senders = new WeakMap<object, SenderContext>();
const underWay = new WeakMap<object, SenderContext>();
/** Connections whose latest request is one that we sent ourselves. */
let withOwnRequest = new WeakSet<object>();

/**
 * Follows requests of undici, and so of fetch, to their connections. A request that waited for a connection is
 * written when another one ends, in that one's async context, and would be attributed to the wrong test.
 * `node:http` keeps the right context itself.
 *
 * @returns a function that stops this
 */
export function followSenders(): () => void {
  subscribe("undici:request:create", noteSender);
  subscribe("undici:client:sendHeaders", noteConnection);
  return () => {
    unsubscribe("undici:request:create", noteSender);
    unsubscribe("undici:client:sendHeaders", noteConnection);
    // Nobody will notice their next request.
    withOwnRequest = new WeakSet();
  };
}

function noteSender(message: unknown): void {
  senders.set((message as UndiciMessage).request, AsyncLocalStorage.snapshot() as SenderContext);
}

function noteConnection(message: unknown): void {
  const { request, socket } = message as UndiciMessage;
  const sender = senders.get(request);
  if (socket === undefined) return;
  if (sender !== undefined) underWay.set(socket, sender);
  // A tunnel is not only a request: the interceptors follow it.
  const isOwn =
    request.method !== "CONNECT" &&
    sender?.(() => interceptionState().own.getStore()?.kind === "upstream") === true;
  if (isOwn) withOwnRequest.add(socket);
  else withOwnRequest.delete(socket);
}

/** Whether `socket` carries a request that we sent ourselves, on its way to the live provider. */
export function carriesOwnRequest(socket: object): boolean {
  return withOwnRequest.has(socket);
}

/** Returns the context of the sender of what is written to `socket`; the current one if it is unknown. */
export function senderOf(socket: object | undefined): SenderContext {
  return undiciSender(socket) ?? ((body) => body());
}

/** Like {@link senderOf}, for use when the current context is over. */
export function keptSenderOf(socket: object | undefined): SenderContext {
  return undiciSender(socket) ?? (AsyncLocalStorage.snapshot() as SenderContext);
}

function undiciSender(socket: object | undefined): SenderContext | undefined {
  return socket && underWay.get(socket);
}
