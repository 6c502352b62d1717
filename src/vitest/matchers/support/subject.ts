import { count } from "../../../cassette/count.ts";
import type { Interaction } from "../../../cassette/model.ts";
import { traceInteraction } from "../../../providers/decode-stream.ts";
import { describeBypassed } from "../../../session/bypassed.ts";
import type { Cassette } from "../../../session/cassette.ts";
import type { StreamTrace } from "../../../streams/stream-trace.ts";
import { type Traced, traceOf } from "../../../streams/trace-of.ts";
import { value } from "./words.ts";

/** What a stream matcher accepts. */
export type StreamSubject = Cassette | StreamTrace | Traced | Interaction;

/** Options of every stream matcher, as its last argument. */
export interface StreamMatcherOptions {
  /**
   * Checks every stream of a cassette. With `.not`, no stream may match.
   * @defaultValue `false`
   */
  readonly all?: boolean | undefined;
}

/** One stream to check, with its name if there are several. */
export interface NamedStream {
  readonly name: string | undefined;
  readonly trace: StreamTrace;
}

/** The streams that `expect` was given, or why there are none. */
export type Resolved = { readonly streams: readonly NamedStream[] } | { readonly why: string };

/** @param who what was given the value, for messages */
export function resolveStreams(received: unknown, all: boolean, who = "expect()"): Resolved {
  const trace = traceOf(received);
  if (trace !== undefined) return { streams: [{ name: undefined, trace }] };
  if (isInteraction(received)) return { streams: [{ name: undefined, trace: traceInteraction(received) }] };
  if (!isCassette(received))
    return { why: notA("a Cassette, a StreamTrace, a traced stream or an Interaction", received, who) };

  const { streams } = received;
  const [only] = streams;
  if (only === undefined) return { why: whyNoStreams(received) };
  if (streams.length === 1) return { streams: [{ name: undefined, trace: only }] };
  if (all)
    return { streams: streams.map((each, index) => ({ name: `cassette.stream(${index})`, trace: each })) };
  return {
    why: [
      `cassette "${received.name}" has ${streams.length} streams. Pick one, or check every one with { all: true }:`,
      ...streams.map((each, index) => `    cassette.stream(${index})  ${each.summary}`),
    ].join("\n"),
  };
}

function whyNoStreams({ name, interactions, stats, bypassed }: Cassette): string {
  const { asked, requests, played, recorded, missed } = stats;
  const seen =
    requests === 0
      ? "this test has sent no request that it records. Open the cassette before the first request, await the call before the assertion, and check `include` and `ignore`"
      : `this test has sent ${count(requests, "request")}${asked === requests ? ` (${played} played, ${recorded} recorded, ${missed} without a recording)` : ""}`;
  const unseen = bypassed.map((each) => `\n    ${describeBypassed(each)}`).join("");
  return `cassette "${name}" has no streams. It holds ${count(interactions.length, "recording")}, and ${seen}${unseen}`;
}

export function isCassette(received: unknown): received is Cassette {
  return (
    typeof received === "object" &&
    received !== null &&
    "interactions" in received &&
    "requests" in received &&
    typeof (received as Partial<Cassette>).stream === "function"
  );
}

/** Says what was needed and what was given instead. */
export function notA(needed: string, received: unknown, who = "expect()"): string {
  const isObject = typeof received === "object" && received !== null;
  const given = isObject ? (received.constructor?.name ?? "an object") : value(received);
  const hint = received instanceof Promise ? ": await it first, or use .resolves" : "";
  return `${who} needs ${needed}, but got ${given}${hint}`;
}

function isInteraction(received: unknown): received is Interaction {
  return (
    typeof received === "object" &&
    received !== null &&
    "request" in received &&
    "response" in received &&
    Array.isArray((received as Interaction).response?.chunks)
  );
}
