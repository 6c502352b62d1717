import http from "node:http";
import net from "node:net";
import tls from "node:tls";

const PLACES = [
  [globalThis, "fetch"],
  [globalThis, "Headers"],
  [globalThis, "Request"],
  [globalThis, "Response"],
  [Headers.prototype, "append"],
  [net.Socket.prototype, "connect"],
  [tls.TLSSocket.prototype, "_wrapHandle"],
  [http.Agent.prototype, "addRequest"],
  [http.Agent.prototype, "createSocket"],
  [http, "request"],
] as const;

const before = PLACES.map(([owner, key]) => Reflect.get(owner, key) as unknown);

/** The names of what is patched now and was not when this module was loaded. */
export function patched(): readonly string[] {
  return PLACES.filter(([owner, key], index) => Reflect.get(owner, key) !== before[index]).map(
    ([, key]) => key,
  );
}
