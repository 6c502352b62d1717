import type { Interaction, RecordedResponse } from "../cassette/model.ts";
import { decodeChunks } from "../http/content-decoding.ts";
import { headerOf, withoutHeaders } from "../http/headers.ts";
import { within } from "../http/real-clock.ts";
import { type Answer, ConnectionFailure, type Exchange } from "../interception/exchange.ts";
import type { ResolvedOptions } from "../options/options.ts";
import { recognise } from "../providers/registry.ts";
import type { Interruption } from "./cancellable-delay.ts";
import { checkEncoding } from "./check-encoding.ts";
import { ClockHold } from "./fake-clock-guard.ts";
import { type Faulted, needsPlainBytes, withFault } from "./inject-fault.ts";
import { type Pacer, pacer } from "./pacing.ts";
import { recut } from "./rechunk.ts";
import { ABORT_GRACE, ReplayBody, type ReplayBodyTools } from "./replay-body.ts";
import { planOf } from "./replay-script.ts";

export interface ReplayTools extends Pick<ReplayBodyTools, "interruption" | "onExhausted" | "onOver"> {
  /** Called where a fault was asked for: with what became of it. */
  readonly onFault: (faulted: Faulted) => void;
}

export type ReplayOptions = Pick<ResolvedOptions, "pacing" | "chunks" | "fault">;

/** Answers a live request with a recording, as fast, in such pieces and as faultily as the options say. */
export async function replay(
  interaction: Interaction,
  exchange: Exchange,
  options: ReplayOptions,
  tools: ReplayTools,
): Promise<Answer> {
  checkEncoding(interaction, exchange);
  const pace = pacer(options.pacing, tools.interruption);
  const paced = options.pacing !== "instant";
  const hold = paced && exchange.seam === "socket" ? new ClockHold(tools.interruption) : undefined;
  await headersDue(pace, interaction.response, exchange, tools.interruption);
  hold?.begin();
  if (interaction.response.status === 0) return withoutResponse(interaction.response, exchange, tools);

  const response = plainWhereNeeded(interaction.response, exchange, options);
  let { headers } = response;
  let plan = planOf(response);
  if (options.fault !== undefined) {
    const { request } = interaction;
    const faulted = withFault(plan, options.fault, {
      contentType: headerOf(headers, "content-type"),
      overloadedEvent(seq) {
        const { endpoint, profile } = recognise(request.url, request) ?? {};
        return endpoint && profile?.overloadedEvent?.(endpoint.api, seq);
      },
    });
    plan = faulted.plan;
    tools.onFault(faulted);
    // A body that ends too early, or with bytes of its own, is not as long as was announced.
    const { kind } = options.fault;
    const changed = faulted.kind === "faulted" && (kind === "cut" || kind === "error");
    if (changed) headers = withoutHeaders(headers, ["content-length"]);
  }
  const { status, statusText, decoded = false } = response;
  const body = new ReplayBody(recut(plan, options.chunks), { ...tools, pacer: pace, hold });
  return { kind: "respond", response: { status, statusText, headers, decoded, body } };
}

async function headersDue(
  pace: Pacer,
  { timing }: RecordedResponse,
  { signal }: Exchange,
  interruption: Interruption,
): Promise<void> {
  const due = pace.until(timing?.headers);
  if (due === undefined) return;
  const onAbort = (): void => interruption.interrupt();
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  await due;
  signal.removeEventListener("abort", onAbort);
}

/**
 * The response out of its content encoding, where it would not do encoded. A client of fetch never sees encoded
 * bytes: the pieces that it is to read, and when, are those of the plain ones. Other clients do see them, and a
 * fault whose place or content is not to be had in them is put into a plain body.
 */
function plainWhereNeeded(
  response: RecordedResponse,
  { seam }: Exchange,
  { pacing, chunks, fault }: ReplayOptions,
): RecordedResponse {
  const encoding = response.decoded === true ? undefined : headerOf(response.headers, "content-encoding");
  if (encoding === undefined) return response;
  const byFault = fault !== undefined && needsPlainBytes(fault);
  const byFetch = seam === "fetch" && (pacing !== "instant" || chunks !== "recorded" || fault !== undefined);
  if (!byFault && !byFetch) return response;
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
  { onExhausted, onOver, interruption }: ReplayTools,
): Promise<Answer> {
  if (response.error !== undefined) {
    onOver();
    return { kind: "fail", failure: new ConnectionFailure(response.error) };
  }
  if (!signal.aborted) {
    signal.addEventListener("abort", () => interruption.interrupt(), { once: true });
    await within(interruption.pause(Number.POSITIVE_INFINITY), ABORT_GRACE);
  }
  onOver();
  if (signal.aborted || interruption.interrupted) {
    return { kind: "fail", failure: new ConnectionFailure({ message: "aborted" }, signal.reason) };
  }
  return { kind: "fail", failure: onExhausted() };
}
