import type { HeaderLines } from "../cassette/model.ts";
import { Response } from "../http/web-api.ts";
import { constructible, type ResponseStatus, withStatus } from "./any-status.ts";

/**
 * A `Response` like that of fetch: it has its URL, and its headers are immutable, unlike those of a constructed one.
 */
export function arrivedResponse(
  body: BodyInit | null,
  head: ResponseStatus & { readonly headers: HeaderLines },
  url: string,
): Response {
  const { status, statusText } = head;
  const response = new Response(body, constructible({ status, statusText }));
  // The constructor takes twice as long for them.
  for (const [name, value] of head.headers) response.headers.append(name, value);
  return arrived(response, head, url);
}

function arrived(response: Response, head: ResponseStatus, url: string): Response {
  for (const name of CHANGES) setOwn(response.headers, name, refuse);
  setOwn(response, "url", url);
  setOwn(response, "type", "basic");
  setOwn(response, "clone", () => arrived(Response.prototype.clone.call(response), head, url));
  return withStatus(response, head);
}

/** One property at a time: `defineProperties` takes twice as long. */
function setOwn(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, configurable: true });
}

function refuse(): never {
  throw new TypeError("immutable");
}

const CHANGES = ["append", "delete", "set"] as const;
