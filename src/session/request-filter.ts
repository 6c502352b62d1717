import { URL } from "node:url";
import { isThenable } from "../cassette/is-thenable.ts";
import { Request } from "../http/web-api.ts";
import type { RequestHead } from "../interception/exchange.ts";
import type { RequestSelector } from "../options/options.ts";
import { CassetteOptionsError } from "../options/options-error.ts";
import { isLoopback, recognize } from "../providers/registry.ts";

export interface RequestRules {
  readonly include: readonly RequestSelector[];
  readonly ignore: readonly RequestSelector[];
}

/**
 * Why a cassette lets traffic through:
 *
 * - `loopback`: it stays on this machine, no provider profile recognizes it, and `include` does not name it
 * - `ignored`: `ignore` names it
 * - `telemetry`: an exporter of OpenTelemetry sends it
 */
export type BypassReason = "loopback" | "ignored" | "telemetry";

/** Returns the head of traffic that is no request. */
export function headOf(url: string, method = "GET"): RequestHead {
  return { method, url, request: () => new Request(url) };
}

/** Whether a request belongs on a tape. See {@link bypassReason} for the others. */
export function belongsOnTape(head: RequestHead, rules: RequestRules): boolean {
  return bypassReason(head, rules) === undefined;
}

/**
 * Returns why a cassette lets a request through; `undefined` if it does not. An app's own server under test is left
 * alone, and so is what `ignore` names.
 */
export function bypassReason(head: RequestHead, { include, ignore }: RequestRules): BypassReason | undefined {
  if (ignore.some((selector) => selects(selector, head))) return "ignored";
  if (include.some((selector) => selects(selector, head))) return undefined;
  if (isTelemetry(head)) return "telemetry";
  if (leavesMachine(head.url)) return undefined;
  return recognize(head.url, { method: head.method }) === undefined ? "loopback" : undefined;
}

/** The paths of OTLP over HTTP, and over gRPC. */
const OTLP = /\/v1\/(?:traces|metrics|logs)(?:[/?]|$)|\/opentelemetry\.proto\.collector\./;

/** Whether an exporter of OpenTelemetry sends a request: in whose test it runs is chance. */
export function isTelemetry(head: RequestHead): boolean {
  if (head.method !== "POST" || !OTLP.test(head.url)) return false;
  return /OTel-OTLP-Exporter/i.test(head.request().headers.get("user-agent") ?? "");
}

/** Whether traffic leaves this machine, given its URL. */
export function leavesMachine(url: string): boolean {
  const hostname = URL.parse(url)?.hostname.toLowerCase() ?? "";
  return !isLoopback(hostname);
}

function selects(selector: RequestSelector, head: RequestHead): boolean {
  if (typeof selector === "string") return head.url.startsWith(selector);
  if (typeof selector === "function") {
    const answer: unknown = selector(head.request());
    // A promise is truthy, and would send requests that must not go live.
    if (isThenable(answer)) {
      answer.then(undefined, () => undefined);
      throw new CassetteOptionsError("`include` and `ignore`", [
        "A function there returned a promise, but has to answer at once, with true or false.",
      ]);
    }
    return Boolean(answer);
  }
  // A global or sticky regular expression remembers its last position.
  selector.lastIndex = 0;
  return selector.test(head.url);
}

/** Shortens a URL for a message. A query can hold a key. */
export function withoutQuery(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null) return url;
  const { protocol, host, pathname } = parsed;
  return `${protocol}${host === "" ? "" : "//"}${host}${pathname}`;
}
