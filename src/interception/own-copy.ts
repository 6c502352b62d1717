import http from "node:http";
import net from "node:net";
import tls from "node:tls";
import { Headers } from "../http/web-api.ts";
import { interceptorClass } from "./interceptor-class.ts";
import { asOurs, type InterceptorCopy, latestCopy } from "./interceptor-copies.ts";
import { keepProperties, rememberProperties } from "./patched-place.ts";

/**
 * The interceptors replace these classes to note the case of header names. Only mocked responses of `node:http` need
 * that. Code that keeps a replacement breaks after they are disposed, and copies of headers are wrong.
 */
const CLASSES = [
  [globalThis, "Headers"],
  [globalThis, "Request"],
  [globalThis, "Response"],
] as const;

/** The other properties that the interceptors patch. */
const PATCHED = [
  [Headers.prototype, "append"],
  [Headers.prototype, "delete"],
  [Headers.prototype, "set"],
  [net.Socket.prototype, "connect"],
  [tls.TLSSocket.prototype, "_wrapHandle"],
  [tls.TLSSocket.prototype, "_start"],
  [http.Agent.prototype, "addRequest"],
] as const;

/** Applies our own copy of the interceptors. */
export function applyOwnCopy(): { readonly copy: InterceptorCopy; readonly dispose: () => void } {
  const HttpRequestInterceptor = interceptorClass();
  const remember = rememberProperties([...CLASSES, ...PATCHED]);
  const interceptor = new HttpRequestInterceptor();
  keepProperties(CLASSES, () => asOurs(() => interceptor.apply()));
  const around = remember();
  return {
    copy: latestCopy(),
    dispose: () => around(() => asOurs(() => interceptor.dispose())),
  };
}
