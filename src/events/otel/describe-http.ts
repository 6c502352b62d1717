import { URL } from "node:url";
import type { Attributes } from "@opentelemetry/api";
import type { LlmCallEvent, LlmResultEvent } from "../event.ts";

const DEFAULT_PORTS: Readonly<Record<string, number>> = {
  "http:": 80,
  "https:": 443,
  "ws:": 80,
  "wss:": 443,
};

export function serverOf(url: string | undefined): Attributes {
  const parsed = url === undefined ? null : URL.parse(url);
  if (parsed === null) return {};
  const port = parsed.port === "" ? DEFAULT_PORTS[parsed.protocol] : Number(parsed.port);
  return { "server.address": parsed.hostname, "server.port": port };
}

/** Returns what a request that is none to a model is called, and what is known of it. */
export function describeHttp({ method = "GET", url }: LlmCallEvent): {
  readonly name: string;
  readonly attributes: Attributes;
} {
  return {
    name: method,
    attributes: { "http.request.method": method, "url.full": url, ...serverOf(url) },
  };
}

export function describeHttpResult({ status }: LlmResultEvent): Attributes {
  return { "http.response.status_code": status };
}

/** Returns the class of the error that a request ended with; `undefined` if it did not fail. */
export function errorTypeOf({ status, error, end }: LlmResultEvent): string | undefined {
  if (error !== undefined) return error.code ?? error.type ?? (status === undefined ? "_OTHER" : `${status}`);
  if (status !== undefined && status >= 400) return `${status}`;
  return end === "reset" || end === "truncated" ? end : undefined;
}
