import { subscribe, unsubscribe } from "node:diagnostics_channel";
import http from "node:http";
import net from "node:net";
import tls from "node:tls";
import { replaceProperty } from "./patched-place.ts";
import { workerWide } from "./worker-wide.ts";

/** The first places of Node that a client of any kind passes on its way to a connection. */
const PLACES = [
  [http.Agent.prototype, "addRequest"],
  [net.Socket.prototype, "connect"],
  [tls.TLSSocket.prototype, "_wrapHandle"],
] as const;

/** Something that opens when it is needed. */
export interface Deferred {
  /** Opens it, if it is not open. */
  open(): void;
  /** Closes it, and never opens it again. */
  close(): void;
}

/** In vm pools, the code of a test file that has ended may still wait. */
const connecting = workerWide("connecting", () => ({ isUnseen: false }));

/** Runs `body`, which connects without opening anything. */
export function withoutOpening(body: () => void): void {
  connecting.isUnseen = true;
  try {
    body();
  } finally {
    connecting.isUnseen = false;
  }
}

/** Calls `open` when a client is about to connect. It returns a function that closes what it opened. */
export function whenConnecting(open: () => () => void): Deferred {
  let close: (() => void) | undefined;
  let isWaiting = true;
  const stopWaiting = (): void => {
    isWaiting = false;
    // Published before undici connects.
    unsubscribe("undici:request:create", openNow);
    for (const each of undo.toReversed()) each();
  };
  const openNow = (): void => {
    if (!isWaiting) return;
    stopWaiting();
    close = open();
  };
  subscribe("undici:request:create", openNow);
  const undo = PLACES.map(([owner, key]) => waitAt(owner, key, () => isWaiting, openNow));
  return {
    open: openNow,
    close() {
      if (isWaiting) stopWaiting();
      close?.();
      close = undefined;
    },
  };
}

function waitAt(owner: object, key: string, isWaiting: () => boolean, openNow: () => void): () => void {
  const original = Reflect.get(owner, key) as unknown;
  if (typeof original !== "function") return () => undefined;
  return replaceProperty(owner, key, function (this: unknown, ...args: unknown[]): unknown {
    if (!isWaiting() || connecting.isUnseen) return original.apply(this, args) as unknown;
    openNow();
    // What was opened has replaced the method.
    return (Reflect.get(owner, key) as typeof original).apply(this, args) as unknown;
  });
}
