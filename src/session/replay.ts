import type { Interaction, RecordedResponse } from "../cassette/model.ts";
import { within } from "../interception/clock.ts";
import { type Answer, ConnectionFailure, type Exchange } from "../interception/exchange.ts";
import type { ResolvedOptions } from "../modes/options.ts";
import { recognise } from "../providers/registry.ts";
import { eventEnds } from "./event-ends.ts";
import { pacer } from "./pacer.ts";
import { planOf, recut, withFault } from "./plan.ts";
import { ReplayBody } from "./replay-body.ts";

/** As in {@link ReplayBody}, for a request that was given up before there was a response. */
const ABORT_GRACE = 3000;

export interface ReplayTools {
  /** Called where a client waits for more than it had waited for when this was recorded. */
  readonly onExhausted: () => ConnectionFailure;
}

/** Answers a live request with a recording, as fast and in such pieces as the options say. */
export async function replay(
  { request, response }: Interaction,
  exchange: Exchange,
  options: ResolvedOptions,
  { onExhausted }: ReplayTools,
): Promise<Answer> {
  const pace = pacer(options.pacing);
  await pace.until(response.timing?.headers);
  if (response.status === 0) return withoutResponse(response, exchange, onExhausted);

  const recognised = recognise(request.url, { method: request.method });
  const { endpoint, profile } = recognised ?? {};
  const plan = withFault(recut(planOf(response), options.chunks), options.fault, {
    eventEnds: (bytes) => eventEnds(bytes, response),
    overloaded: () => {
      const event = endpoint && profile?.overloadedEvent?.(endpoint.api);
      return event === undefined ? undefined : Buffer.from(event);
    },
  });
  const { status, statusText, headers, decoded = false } = response;
  const body = new ReplayBody(plan, pace, onExhausted);
  return { kind: "respond", response: { status, statusText, headers, decoded, body } };
}

async function withoutResponse(
  response: RecordedResponse,
  exchange: Exchange,
  onExhausted: () => ConnectionFailure,
): Promise<Answer> {
  if (response.error !== undefined) return { kind: "fail", failure: new ConnectionFailure(response.error) };
  const aborted = new Promise<"aborted">((resolve) => {
    if (exchange.signal.aborted) resolve("aborted");
    else exchange.signal.addEventListener("abort", () => resolve("aborted"), { once: true });
  });
  if ((await within(aborted, ABORT_GRACE)) === "aborted") {
    return { kind: "fail", failure: new ConnectionFailure({ message: "aborted" }, exchange.signal.reason) };
  }
  return { kind: "fail", failure: onExhausted() };
}
