import { Response } from "../http/web-api.ts";
import { constructible, type ResponseStatus, withStatus } from "./any-status.ts";

/**
 * A `Response` like that of fetch: it has its URL, and its headers are immutable, unlike those of a constructed one.
 */
export function arrivedResponse(
  body: BodyInit | null,
  head: ResponseStatus & ResponseInit,
  url: string,
): Response {
  return arrived(new Response(body, { ...head, ...constructible(head) }), head, url);
}

function arrived(response: Response, head: ResponseStatus, url: string): Response {
  Object.defineProperties(response.headers, IMMUTABLE);
  return Object.defineProperties(withStatus(response, head), {
    url: { value: url, configurable: true },
    type: { value: "basic", configurable: true },
    clone: { value: () => arrived(Response.prototype.clone.call(response), head, url), configurable: true },
  });
}

function refuse(): never {
  throw new TypeError("immutable");
}

const IMMUTABLE: PropertyDescriptorMap = Object.fromEntries(
  ["append", "delete", "set"].map((name) => [name, { value: refuse, configurable: true }]),
);
