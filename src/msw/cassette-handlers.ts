import { resolve } from "node:path";
import { HttpResponse, http, type RequestHandler } from "msw";
import { process } from "../cassette/node-process.ts";
import { turn } from "../http/real-clock.ts";
import type { Answer, BodyReader } from "../interception/exchange.ts";
import { checkSomeOptions } from "../options/check-options.ts";
import { readEnvironment } from "../options/environment.ts";
import type { CassetteOptions } from "../options/options.ts";
import { resolveOptions } from "../options/resolve-options.ts";
import { createRedactorAndRules } from "../session/create-redactor-and-rules.ts";
import { tapePath } from "../session/tape-path.ts";
import { FileStore } from "../storage/file-store.ts";
import { CassetteAnswers } from "./cassette-answers.ts";
import { MswExchange } from "./msw-exchange.ts";

const OPTIONS = ["match", "repeat", "order", "pacing", "chunks", "fault", "redact"] as const;

/** Options of a cassette that only plays. */
export interface CassetteHandlersOptions extends Pick<CassetteOptions, (typeof OPTIONS)[number]> {
  /** Root folder of the cassettes, relative to the working directory. @defaultValue `'cassettes'` */
  readonly dir?: string | undefined;
}

/**
 * Returns a cassette as request handlers for msw's `setupServer`. They answer the requests that the cassette has a
 * recording for, first in first out, with the recorded bytes in the recorded chunks, and leave every other request
 * to the handlers behind them and to msw's `onUnhandledRequest`. Nothing is recorded.
 *
 * @param name file name under the root folder of the cassettes, without ending
 * @throws CassetteOptionsError, StorageError, TapeError; CassetteError `CASSETTE_MISSING` if there is no such cassette
 * @example
 * const server = setupServer(...cassetteHandlers("chat/joke"));
 * server.listen({ onUnhandledRequest: "error" });
 */
export function cassetteHandlers(name: string, options: CassetteHandlersOptions = {}): RequestHandler[] {
  const { dir, ...own } = options;
  checkSomeOptions(own, "cassetteHandlers()", OPTIONS);
  const resolved = resolveOptions({
    environment: readEnvironment({}),
    test: own,
    project: dir === undefined ? {} : { dir },
  });
  const { redactor, rules } = createRedactorAndRules(resolved, process.env);
  const path = tapePath(name, redactor);
  const folder = resolve(resolved.dir);
  const answers = new CassetteAnswers({
    file: resolve(folder, path),
    shownFile: [resolved.dir, path].join("/"),
    store: new FileStore({ folder, maxFileBytes: resolved.maxTapeBytes }),
    options: resolved,
    redactor,
    rules,
  });
  return [
    http.all("*", async ({ request }) => {
      const answer = await answers.answer(new MswExchange(request));
      return answer && toResponse(answer, request);
    }),
  ];
}

function toResponse(answer: Answer, request: Request): Response {
  if (answer.kind === "fail") return HttpResponse.error();
  const { status, statusText, headers, body, decoded } = answer.response;
  const kept = decoded
    ? headers.filter(([header]) => !/^content-(?:encoding|length)$/i.test(header))
    : headers;
  const isEmpty = body === undefined || request.method === "HEAD" || [101, 204, 205, 304].includes(status);
  if (isEmpty) return new HttpResponse(null, { status, statusText, headers: kept as [string, string][] });
  // Without it, a client takes a body that breaks off for a whole one.
  const isFramed = kept.some(([header]) => /^(?:content-length|transfer-encoding)$/i.test(header));
  const framing = isFramed ? [] : [["transfer-encoding", "chunked"]];
  return new HttpResponse(streamOf(body), {
    status,
    statusText,
    headers: [...kept, ...framing] as [string, string][],
  });
}

/** Gives one chunk a turn of the event loop: on a socket, chunks of one turn would arrive as one. */
function streamOf(body: BodyReader): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      await turn();
      const bytes = await body.read();
      if (bytes === undefined) controller.close();
      else controller.enqueue(bytes);
    },
    cancel: (reason) => body.cancel(reason),
  });
}
