import { AsyncLocalStorage } from "node:async_hooks";
import { URL } from "node:url";
import { CassetteError } from "../../cassette/errors.ts";
import { interceptionState } from "../context.ts";
import type { SenderContext } from "../sender-context.ts";
import { baseUrlAtHub } from "./hub.ts";
import { meetMessage } from "./meet-message.ts";
import { meetServerStream } from "./meet-server-stream.ts";

/**
 * Returns a URL of this machine that stands for `url`, for clients that the seams cannot see. Their requests are met as
 * if the caller had sent them.
 *
 * @throws CassetteError `CASSETTE_URL` if `url` is not an absolute URL of HTTP
 */
export function urlFor(url: string): string {
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) {
    throw new CassetteError(
      "CASSETTE_URL",
      `Failed to make a URL that stands for ${JSON.stringify(url)}: it is not a whole URL. ` +
        "Give it one such as https://api.openai.com/v1.",
    );
  }
  const state = interceptionState();
  const asCaller = AsyncLocalStorage.snapshot() as SenderContext;
  const base = baseUrlAtHub({
    http1: (request, response, path) =>
      asCaller(() => void meetMessage(state, request, response, urlOf(path))),
    http2: (stream, raw, path) => asCaller(() => meetServerStream(state, stream, raw, urlOf(path))),
  });
  return base + url.replace("://", "/");
}

/** Reads what {@link urlFor} wrote: `https/api.openai.com/v1/models`. */
function urlOf(path: string): string | undefined {
  return /^https?\//i.test(path) ? URL.parse(path.replace("/", "://"))?.href : undefined;
}
