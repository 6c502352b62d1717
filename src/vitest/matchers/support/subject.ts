import type { Interaction } from "../../../cassette/model.ts";
import { traceInteraction } from "../../../providers/decode-stream.ts";
import type { Cassette } from "../../../session/cassette.ts";
import type { StreamTrace } from "../../../streams/stream-trace.ts";
import { type Traced, traceOf } from "../../../streams/trace-of.ts";
import { value } from "./show.ts";

/** What a stream matcher works on. */
export type StreamSubject = Cassette | StreamTrace | Traced | Interaction;

/** Options that every stream matcher has, as its last argument. */
export interface StreamMatcherOptions {
  /**
   * Of a cassette with several streams, asks for it of each; with `.not`, that none has it.
   * @defaultValue `false`
   */
  readonly all?: boolean | undefined;
}

/** One stream to judge, with how to come by it where there are several. */
export interface NamedStream {
  readonly name: string | undefined;
  readonly trace: StreamTrace;
}

/** The streams that were given to `expect`, or why there are none to judge. */
export type Resolved = { readonly streams: readonly NamedStream[] } | { readonly why: string };

/** @param who what was given the value, for messages */
export function resolveStreams(received: unknown, all: boolean, who = "expect()"): Resolved {
  const trace = traceOf(received);
  if (trace !== undefined) return { streams: [{ name: undefined, trace }] };
  if (isInteraction(received)) return { streams: [{ name: undefined, trace: traceInteraction(received) }] };
  if (!isCassette(received))
    return { why: notA("a Cassette, a StreamTrace, a traced stream or an Interaction", received, who) };

  const streams = received.streams;
  const [only] = streams;
  if (only === undefined) return { why: `cassette "${received.name}" has no streams` };
  if (streams.length === 1) return { streams: [{ name: undefined, trace: only }] };
  if (all)
    return { streams: streams.map((each, index) => ({ name: `cassette.stream(${index})`, trace: each })) };
  return {
    why: [
      `cassette "${received.name}" has ${streams.length} streams. Take one of them, or ask for each with { all: true }:`,
      ...streams.map((each, index) => `    cassette.stream(${index})  ${each.summary}`),
    ].join("\n"),
  };
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

/** Says what was given where something else is needed. */
export function notA(needed: string, received: unknown, who = "expect()"): string {
  const given =
    received instanceof Promise
      ? "a promise: await it first, or use .resolves"
      : typeof received === "object" && received !== null
        ? `${/^[aeiou]/i.test(nameOf(received)) ? "an" : "a"} ${nameOf(received)}`
        : value(received);
  return `${who} needs ${needed}, and was given ${given}`;
}

function nameOf(given: object): string {
  const name: unknown = given.constructor?.name;
  return typeof name === "string" && name !== "" ? name : "object";
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
