import { Buffer } from "node:buffer";
import { count } from "../cassette/count.ts";
import type { FaultPlace, ResolvedOptions } from "../options/options.ts";
import { type EventOffsets, eventOffsets } from "./event-offsets.ts";
import { type ChunkStep, RESET, type ReplayScript, type Step } from "./replay-script.ts";

type Fault = NonNullable<ResolvedOptions["fault"]>;

/** A script with a failure in its middle, or the reason why there is no place for it. */
export type Faulted =
  | { readonly kind: "faulted"; readonly script: ReplayScript }
  | { readonly kind: "unreached"; readonly script: ReplayScript; readonly why: string };

export interface FaultFacts {
  readonly contentType: string | undefined;
  /**
   * Returns the event that the provider sends if it is overloaded, as event number `seq` of its SSE or NDJSON stream;
   * `undefined` if we know none.
   */
  readonly overloadedEvent: (seq: number) => Uint8Array | undefined;
}

/** Tells the test that its fault fitted into no response. `why` has the reason for each request. */
export function faultProblem({ kind, after }: Fault, why: ReadonlyMap<string, string>): string {
  const [[unit, amount] = []] = Object.entries(after);
  return [
    `Failed to inject a fault (${kind} after ${amount} ${unit}): no response has that place.`,
    ...[...why].map(([request, reason]) => `  ${request}: ${reason}`),
    "Choose a place that the recording has, or remove the option.",
  ].join("\n");
}

/** Whether the fault needs a body without its content encoding. */
export function needsPlainBytes({ after, kind }: Fault): boolean {
  return kind === "error" || "events" in after;
}

/** Puts a failure into the middle of a body. Places are those of the body as recorded. */
export function injectFault(script: ReplayScript, fault: Fault, facts: FaultFacts): Faulted {
  const chunks = script.steps.filter((step) => step.kind === "chunk");
  const events = eventsOf(() =>
    eventOffsets(
      chunks.map(({ bytes }) => bytes),
      facts.contentType,
    ),
  );
  const place = findPlace(chunks, fault.after, events);
  if ("why" in place) return { kind: "unreached", script, why: place.why };
  const { offset, at } = place;
  const length = chunks.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const [before, behind] = split(chunks, offset);

  switch (fault.kind) {
    case "cut":
      if (offset === length) return { kind: "unreached", script, why: "it ends there in the recording, too" };
      return { kind: "faulted", script: { steps: before, end: { kind: "end" } } };
    case "reset":
      return { kind: "faulted", script: { steps: before, end: { kind: "fail", error: RESET, at } } };
    case "stall": {
      const stall: Step = { kind: "stall", ms: fault.ms, at };
      return { kind: "faulted", script: { steps: [...before, stall, ...behind], end: script.end } };
    }
    case "error": {
      const { framing, ends } = events();
      // Providers send whole events, so the current one comes first. An array stays open for one more.
      const last = framing === "json-array" ? (ends.at(-1) ?? length) : length;
      const whole = offset === 0 ? 0 : (ends.find((end) => end >= offset) ?? last);
      const seq = ends.filter((end) => end <= whole).length;
      const event = framed(facts.overloadedEvent(seq), framing, offset === 0);
      if (typeof event === "string") return { kind: "unreached", script, why: event };
      const error: Step = { kind: "chunk", bytes: event, at };
      return {
        kind: "faulted",
        script: { steps: [...split(chunks, whole)[0], error], end: { kind: "end" } },
      };
    }
  }
}

function eventsOf(find: () => EventOffsets): () => EventOffsets {
  let found: EventOffsets | undefined;
  return () => {
    found ??= find();
    return found;
  };
}

type Place = { readonly offset: number; readonly at: number | undefined };

function findPlace(
  chunks: readonly ChunkStep[],
  after: FaultPlace,
  events: () => EventOffsets,
): Place | { readonly why: string } {
  if ("ms" in after) {
    const last = chunks.at(-1)?.at;
    if (last === undefined) return { why: "its recording has no timing" };
    if (last <= after.ms) return { why: `it was complete after ${last} ms` };
    const before = chunks.filter(({ at = 0 }) => at <= after.ms);
    return { offset: sum(before), at: after.ms };
  }
  if ("chunks" in after) {
    if (after.chunks > chunks.length) return { why: `it has ${count(chunks.length, "chunk")}` };
    const before = chunks.slice(0, after.chunks);
    return { offset: sum(before), at: before.at(-1)?.at };
  }
  const { ends } = events();
  if (after.events > ends.length) return { why: `it has ${count(ends.length, "event")}` };
  const offset = after.events === 0 ? 0 : (ends[after.events - 1] as number);
  return { offset, at: arrivalOf(chunks, offset) };
}

function sum(chunks: readonly ChunkStep[]): number {
  return chunks.reduce((total, { bytes }) => total + bytes.length, 0);
}

/** When the byte before `offset` arrived. */
function arrivalOf(chunks: readonly ChunkStep[], offset: number): number | undefined {
  if (offset === 0) return undefined;
  let end = 0;
  return chunks.find(({ bytes }) => {
    end += bytes.length;
    return offset <= end;
  })?.at;
}

function split(chunks: readonly ChunkStep[], offset: number): [before: ChunkStep[], behind: ChunkStep[]] {
  const before: ChunkStep[] = [];
  const behind: ChunkStep[] = [];
  let start = 0;
  for (const step of chunks) {
    const cut = Math.min(Math.max(offset - start, 0), step.bytes.length);
    start += step.bytes.length;
    if (cut > 0) before.push({ ...step, bytes: step.bytes.subarray(0, cut) });
    if (cut < step.bytes.length) behind.push({ ...step, bytes: step.bytes.subarray(cut) });
  }
  return [before, behind];
}

/** Returns the event in the framing of the body, or the reason why that is impossible. */
function framed(
  event: Uint8Array | undefined,
  framing: EventOffsets["framing"],
  first: boolean,
): Uint8Array | string {
  if (event === undefined) return "we know no error event of its provider";
  switch (framing) {
    case "sse":
    case "aws-eventstream":
    case undefined:
      return event;
    case "ndjson":
      return Buffer.from(`${jsonOf(event)}\n`);
    case "json-array":
      return Buffer.from(`${first ? "[" : ",\r\n"}${jsonOf(event)}\r\n]`);
    case "json":
    case "text":
      return "it is not a stream of events";
  }
}

/** The JSON of an event, without the field names of SSE. */
function jsonOf(event: Uint8Array): string {
  const text = Buffer.from(event).toString("utf8");
  return text
    .split(/\r?\n/)
    .filter((line) => !line.startsWith("event:"))
    .map((line) => line.replace(/^data: ?/, ""))
    .join("")
    .trim();
}
