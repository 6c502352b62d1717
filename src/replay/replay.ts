import type { Interaction, RecordedResponse } from "../cassette/model.ts";
import { type StoredBody, storedBodyOf } from "../cassette/stored-body.ts";
import { decodeChunks } from "../http/content-decoding.ts";
import { headerOf, withoutHeaders } from "../http/headers.ts";
import { within } from "../http/real-clock.ts";
import { type Answer, ConnectionFailure, type Exchange } from "../interception/exchange.ts";
import type { ResolvedOptions } from "../options/options.ts";
import { recognize } from "../providers/registry.ts";
import { CancellableDelay } from "./cancellable-delay.ts";
import { checkEncoding } from "./check-encoding.ts";
import { FakeClockGuard } from "./fake-clock-guard.ts";
import { type Faulted, faultProblem, injectFault, needsPlainBytes } from "./inject-fault.ts";
import { createPacer, type Pacer } from "./pacing.ts";
import { rechunk } from "./rechunk.ts";
import { ABORT_GRACE, ReplayBody, type ReplayBodyTools } from "./replay-body.ts";
import { type ReplayScript, replayScript } from "./replay-script.ts";
import { isPlayedInPieces, StoredReader, verifyStored } from "./stored-reader.ts";

export type ReplayOptions = Pick<ResolvedOptions, "pacing" | "chunks" | "fault">;

/** Stands for a chunk that is read from a file. */
const NO_BYTES = new Uint8Array();

type ReplayTools = Omit<ReplayBodyTools, "guard">;

/** Answers live requests with recordings, with the pacing, chunks and fault that the options ask for. */
export class Replay {
  readonly #options: ReplayOptions;
  readonly #playing = new Set<CancellableDelay>();
  #closed = false;
  #injected = false;
  /** Why the fault did not fit into a response, by its request. */
  readonly #unreached = new Map<string, string>();

  constructor(options: ReplayOptions) {
    this.#options = options;
  }

  /** @param onExhausted called if the client reads further than it did when this was recorded */
  async play(
    recording: Interaction,
    exchange: Exchange,
    onExhausted: () => ConnectionFailure,
  ): Promise<Answer> {
    checkEncoding(recording, exchange);
    const delay = new CancellableDelay();
    if (this.#closed) delay.cancel();
    this.#playing.add(delay);
    const onOver = (): void => void this.#playing.delete(delay);
    const { pacing, chunks } = this.#options;
    const tools = { delay, onExhausted, onOver, pacer: createPacer(pacing, delay) };
    const guard = pacing !== "instant" && exchange.seam === "socket" ? new FakeClockGuard(delay) : undefined;
    await headersDue(tools.pacer, recording.response, exchange, delay);
    guard?.hold();
    if (recording.response.status === 0) return withoutResponse(recording.response, exchange, tools);

    const stored = this.#playedInPieces(recording.response);
    if (stored !== undefined) await verifyStored(stored);
    const response =
      stored === undefined
        ? plainIfNeeded(recording.response, exchange, this.#options)
        : { ...recording.response, chunks: stored.lengths.map(() => NO_BYTES) };
    const { script, headers, trailers } = this.#script(recording, response);
    const { status, statusText, decoded = false } = response;
    const rechunked = rechunk(script, chunks, headerOf(headers, "content-type"));
    const replayed = new ReplayBody(rechunked, { ...tools, guard });
    const body = stored === undefined ? replayed : new StoredReader(stored, replayed);
    return {
      kind: "respond",
      response: { status, statusText, headers, decoded, body, trailers: () => trailers },
    };
  }

  /** The body, if it is too large to be in memory. Other chunks and faults need all of it. */
  #playedInPieces({ chunks, headers, decoded }: RecordedResponse): StoredBody | undefined {
    const stored = storedBodyOf(chunks);
    if (stored === undefined || !isPlayedInPieces(stored)) return undefined;
    if (this.#options.chunks !== "recorded" || this.#options.fault !== undefined) return undefined;
    return decoded !== true && headerOf(headers, "content-encoding") !== undefined ? undefined : stored;
  }

  /** Stops waiting: whoever still reads gets the rest at once. */
  close(): void {
    this.#closed = true;
    for (const delay of this.#playing) delay.cancel();
    this.#playing.clear();
  }

  /** What to tell the test if a fault was asked for and no response got it. */
  get faultProblem(): string | undefined {
    const { fault } = this.#options;
    if (fault === undefined || this.#injected || this.#unreached.size === 0) return undefined;
    return faultProblem(fault, this.#unreached);
  }

  #script(
    { request }: Interaction,
    response: RecordedResponse,
  ): { readonly script: ReplayScript } & Pick<RecordedResponse, "headers" | "trailers"> {
    const script = replayScript(response);
    const { headers, trailers } = response;
    const { fault } = this.#options;
    if (fault === undefined) return { script, headers, trailers };
    const faulted = injectFault(script, fault, {
      contentType: headerOf(headers, "content-type"),
      overloadedEvent(seq) {
        const { endpoint, profile } = recognize(request.url, request) ?? {};
        return endpoint && profile?.overloadedEvent?.(endpoint.api, seq);
      },
    });
    this.#noteFault(faulted, `${request.method} ${request.url}`);
    // A body that ends early, or has an event added, is not as long as it was, and no trailers follow it.
    const changed = faulted.kind === "faulted" && (fault.kind === "cut" || fault.kind === "error");
    if (!changed) return { script: faulted.script, headers, trailers };
    return {
      script: faulted.script,
      headers: withoutHeaders(headers, ["content-length"]),
      trailers: undefined,
    };
  }

  #noteFault(faulted: Faulted, request: string): void {
    if (faulted.kind === "faulted") this.#injected = true;
    else this.#unreached.set(request, faulted.why);
  }
}

async function headersDue(
  pacer: Pacer,
  { timing }: RecordedResponse,
  { signal }: Exchange,
  delay: CancellableDelay,
): Promise<void> {
  const due = pacer.until(timing?.headers);
  if (due === undefined) return;
  const onAbort = (): void => delay.cancel();
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  await due;
  signal.removeEventListener("abort", onAbort);
}

/**
 * Returns the response without its content encoding if the encoded bytes will not do. A fetch client never sees
 * encoded bytes, so its chunks and their times are those of the plain bytes. Other clients see them, but a fault
 * whose place or event only exists in plain bytes needs a plain body.
 */
function plainIfNeeded(
  response: RecordedResponse,
  { seam }: Exchange,
  { pacing, chunks, fault }: ReplayOptions,
): RecordedResponse {
  const encoding = response.decoded === true ? undefined : headerOf(response.headers, "content-encoding");
  if (encoding === undefined) return response;
  const forFault = fault !== undefined && needsPlainBytes(fault);
  const forFetch = seam === "fetch" && (pacing !== "instant" || chunks !== "recorded" || fault !== undefined);
  if (!forFault && !forFetch && chunks !== "events") return response;
  const times = response.timing?.chunks ?? [];
  const encoded = response.chunks.map((bytes, index) => ({ bytes, at: times[index] }));
  const plain = decodeChunks(encoded, encoding);
  const { timing } = response;
  return {
    ...response,
    decoded: true,
    chunks: plain.map(({ bytes }) => bytes),
    timing: timing && { headers: timing.headers, chunks: plain.map(({ at }) => at as number) },
  };
}

async function withoutResponse(
  response: RecordedResponse,
  { signal }: Exchange,
  { onExhausted, onOver, delay }: ReplayTools,
): Promise<Answer> {
  if (response.error !== undefined) {
    onOver();
    return { kind: "fail", failure: new ConnectionFailure(response.error) };
  }
  if (!signal.aborted) {
    signal.addEventListener("abort", () => delay.cancel(), { once: true });
    await within(delay.wait(Number.POSITIVE_INFINITY), ABORT_GRACE);
  }
  onOver();
  if (signal.aborted || delay.cancelled) {
    return { kind: "fail", failure: new ConnectionFailure({ message: "aborted" }, signal.reason) };
  }
  return { kind: "fail", failure: onExhausted() };
}
