import type { ServerResponse } from "node:http";
import { CassetteError } from "../cassette/errors.ts";
import type { HeaderLines } from "../cassette/model.ts";
import { realSetImmediate } from "../http/real-clock.ts";
import { ReadableStream, Response, WritableStream } from "../http/web-api.ts";
import type { Framed } from "../streams/framing.ts";
import { holdFakeClock } from "../streams/hold-fake-clock.ts";
import type { StreamReader } from "../streams/stream-trace.ts";
import type { Traced } from "../streams/trace-of.ts";
import { contentTypeOf, readerFor, saysItsFormat } from "./decode-stream.ts";
import { Observation } from "./observation.ts";
import { profiles, recognize } from "./registry.ts";
import { sniff } from "./sniff.ts";
import { isServerResponse, observeServerResponse } from "./trace-server-response.ts";

/** Hints for a stream whose events don't show its provider. */
export interface TraceHints {
  /** URL of the request. */
  readonly url?: string | URL | undefined;
  /** Name of a provider profile: `openai`, `anthropic`, ... */
  readonly provider?: string | undefined;
  /**
   * When times start to count, by `performance.now()`.
   * @defaultValue the call of `traceStream`
   */
  readonly since?: number | undefined;
}

/** An async iterable that is traced while it is read. */
export interface TracedIterable<T> extends AsyncIterableIterator<T>, Traced {}

/**
 * Traces a stream of your code while it is read: a `Response`, a `ReadableStream` of bytes, text or values, or an
 * async iterable. Returns the same kind of object; read that instead of `source`. Never reads ahead. If nothing
 * reads the stream, awaiting `done` does. A `ServerResponse` of Node is traced while your code writes to it, and is
 * itself returned. Times come from the clock that the test sees, so they are exact with fake timers.
 *
 * @throws CassetteError `CASSETTE_NO_STREAM` for other values
 * @example
 * ```ts
 * const traced = traceStream(await app.request('/chat'))
 * await traced.done
 * expect(traced).toHaveStreamedText(/dark mode/)
 * ```
 */
export function traceStream(source: Response, hints?: TraceHints): Response & Traced;
export function traceStream<T>(source: ReadableStream<T>, hints?: TraceHints): ReadableStream<T> & Traced;
export function traceStream<T>(source: AsyncIterable<T>, hints?: TraceHints): TracedIterable<T>;
export function traceStream(source: ServerResponse, hints?: TraceHints): ServerResponse & Traced;
export function traceStream(
  source: Response | ReadableStream<unknown> | AsyncIterable<unknown> | ServerResponse,
  hints: TraceHints = {},
): Traced {
  if (isResponse(source)) return traceResponse(source, hints);
  if (isServerResponse(source)) {
    const reader = (status: number, headers: HeaderLines) => readerOf(hints, status, headers);
    const observation = observeServerResponse(source, reader, hints.since);
    return withTrace(source, observation, () => undefined);
  }
  const observation = new Observation(readerOf(hints), { since: hints.since });
  if (isStream(source)) {
    const stream = observed(source, observation);
    return withTrace(stream, observation, () => (stream.locked ? undefined : drain(stream)));
  }
  if (typeof source?.[Symbol.asyncIterator] !== "function") throw noStream(source);
  return traceIterable(source, observation);
}

// Checks by shape: undici has its own Response, and polyfills have their own streams.

function isResponse(source: unknown): source is Response {
  if (typeof source !== "object" || source === null) return false;
  const { status, headers, body } = source as Partial<Response>;
  return (
    typeof status === "number" && typeof headers?.get === "function" && (body === null || isStream(body))
  );
}

function isStream(source: unknown): source is ReadableStream<unknown> {
  return typeof (source as Partial<ReadableStream> | null | undefined)?.getReader === "function";
}

function noStream(given: unknown): CassetteError {
  const isPromise = typeof (given as Partial<Promise<unknown>> | null | undefined)?.then === "function";
  const what = isPromise
    ? "a promise: await it first"
    : given === null
      ? "null"
      : `a value of type ${typeof given}`;
  return new CassetteError(
    "CASSETTE_NO_STREAM",
    `Failed to trace a stream: expected a Response, a ReadableStream, an async iterable or a ServerResponse, but got ${what}.`,
  );
}

function traceResponse(source: Response, hints: TraceHints): Response & Traced {
  const headers = [...source.headers];
  const observation = new Observation(readerOf(hints, source.status, headers, source.url || undefined), {
    contentType: contentTypeOf(headers, source.status),
    contentEncoding: source.headers.get("content-encoding") ?? undefined,
    since: hints.since,
    side: "socket_write",
  });
  const body = source.body === null ? null : observed(source.body, observation);
  if (body === null) observation.finish(undefined);
  const { status, statusText } = source;
  const response = new Response(body, { status, statusText, headers: source.headers });
  Object.defineProperties(response, {
    url: { value: source.url },
    redirected: { value: source.redirected },
    type: { value: source.type },
  });
  return withTrace(response, observation, () => (body === null || body.locked ? undefined : drain(body)));
}

/** Wraps `source` in a stream that reports each read to `observation` and never reads ahead. */
function observed<T>(source: ReadableStream<T>, observation: Observation): ReadableStream<T> {
  const reader = source.getReader();
  return new ReadableStream<T>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (done) {
            observation.finish(undefined);
            controller.close();
          } else {
            observation.see(value);
            controller.enqueue(value);
          }
        } catch (error) {
          observation.finish("reset");
          controller.error(error);
        }
      },
      async cancel(reason) {
        observation.finish("aborted");
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}

function traceIterable<T>(source: AsyncIterable<T>, observation: Observation): TracedIterable<T> {
  let iterator: AsyncIterator<T> | undefined;
  const begin = (): AsyncIterator<T> => {
    iterator ??= source[Symbol.asyncIterator]();
    return iterator;
  };
  const step = async (go: (from: AsyncIterator<T>) => Promise<IteratorResult<T>>, end?: "aborted") => {
    try {
      const result = await go(begin());
      if (result.done) observation.finish(end);
      else observation.see(result.value);
      return result;
    } catch (error) {
      observation.finish("reset");
      throw error;
    }
  };
  const ended = (value: unknown): Promise<IteratorResult<T>> =>
    Promise.resolve({ done: true, value: value as T });
  const traced: AsyncIterableIterator<T> = {
    next: () => step((from) => from.next()),
    return: (value) => step((from) => from.return?.(value) ?? ended(value), "aborted"),
    throw: (error) => step((from) => from.throw?.(error) ?? Promise.reject(error), "aborted"),
    [Symbol.asyncIterator]() {
      try {
        begin();
      } catch (error) {
        observation.finish("reset");
        throw error;
      }
      return traced;
    },
  };
  return withTrace(traced, observation, async () => {
    if (iterator !== undefined) return;
    for await (const _ of traced);
  });
}

/** Adds `done` and `trace` to `target`. Accessing `done` starts reading if nothing else does. */
function withTrace<T extends object>(
  target: T,
  observation: Observation,
  readIt: () => Promise<void> | undefined,
): T & Traced {
  let waiting = false;
  return Object.defineProperties(target, {
    done: {
      get() {
        if (!waiting) {
          waiting = true;
          const release = holdFakeClock();
          realSetImmediate(() => {
            // The trace reports a failure of the stream.
            readIt()?.catch(() => undefined);
            realSetImmediate(release);
          });
        }
        return observation.done;
      },
    },
    trace: { get: () => observation.trace },
  }) as T & Traced;
}

async function drain(stream: ReadableStream<unknown>): Promise<void> {
  await stream.pipeTo(new WritableStream());
}

/** Chooses the decoder of a stream: by the hints, then by the URL that a response has, then by the shape of the stream. */
function readerOf(
  { url, provider }: TraceHints,
  status = 200,
  headers: HeaderLines = [],
  ownUrl?: string,
): (framed: Framed) => StreamReader {
  const at = url ?? ownUrl;
  const profile = url === undefined ? profiles.find(({ name }) => name === provider) : undefined;
  if (profile === undefined || saysItsFormat(status, headers))
    return readerFor(at === undefined ? undefined : recognize(at), status, headers);
  return (framed) => {
    const sniffed = sniff(framed);
    const known = profile.endpoints.find(
      ({ api, decoder }) => decoder && (sniffed === undefined || api === sniffed.api),
    );
    const endpoint = known ?? profile.endpoints.find(({ decoder }) => decoder !== undefined);
    return {
      provider: profile.name,
      api: endpoint?.api,
      decoder: sniffed?.decoder ?? endpoint?.decoder?.(),
    };
  };
}
