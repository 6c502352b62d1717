import http from "node:http";
import net from "node:net";
import tls from "node:tls";
import { Headers } from "../http/web-api.ts";
import { interceptorClass } from "./interceptor-class.ts";
import { asOurs, type InterceptorCopy, latestCopy } from "./interceptor-copies.ts";
import { learnNote } from "./noted-headers.ts";
import { keepProperties, rememberProperties } from "./patched-place.ts";

/**
 * The interceptors replace these to note the case of header names. Only mocked responses of `node:http` need that, and
 * `noted-headers.ts` does it for ours. Code that keeps a replacement breaks after they are disposed.
 */
const OF_HEADERS = [
  [globalThis, "Headers"],
  [globalThis, "Request"],
  [globalThis, "Response"],
] as const;

/** The other properties that the interceptors patch. */
const PATCHED = [
  // With these, a request that nobody wants keeps the case and the order of its header lines.
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
  const remember = rememberProperties([...OF_HEADERS, ...PATCHED]);
  const interceptor = new HttpRequestInterceptor();
  keepProperties(OF_HEADERS, () => {
    asOurs(() => interceptor.apply());
    learnNote();
  });
  const around = remember();
  return {
    copy: latestCopy(),
    dispose: () => around(() => asOurs(() => interceptor.dispose())),
  };
}
