import { count } from "../cassette/count.ts";
import type { FaultPlace, ResolvedOptions } from "../options/options.ts";
import { type EventEnds, eventEnds } from "./event-offsets.ts";
import { type Plan, RESET, type Step } from "./replay-script.ts";

type Fault = NonNullable<ResolvedOptions["fault"]>;

/** A plan with a failure in its middle, or why it could have none. */
export type Faulted =
  | { readonly kind: "faulted"; readonly plan: Plan }
  | { readonly kind: "unreached"; readonly plan: Plan; readonly why: string };

export interface FaultFacts {
  readonly contentType: string | undefined;
  /**
   * The provider's own event for an overload, as it stands in its SSE or NDJSON, as number `seq` of its stream;
   * `undefined` where none is known.
   */
  readonly overloadedEvent: (seq: number) => Uint8Array | undefined;
}

/** What to say where an answer was to fail that is recorded. */
export function faultNotRecorded(cassette: string): string {
  return `No fault was put into an answer that cassette "${cassette}" recorded: faults are put into what is played. Record the tape with a test that has no fault, under the name that this one gives it.`;
}

/** Whether the fault can only be put into a body that is out of its content encoding. */
export function needsPlainBytes({ after, kind }: Fault): boolean {
  return kind === "error" || "events" in after;
}

/** Puts a failure into the middle of a body. Places are those of the body as it was recorded. */
export function withFault(plan: Plan, fault: Fault, facts: FaultFacts): Faulted {
  const chunks = plan.steps.filter((step) => step.kind === "chunk");
  const events = eventsOf(() =>
    eventEnds(
      chunks.map(({ bytes }) => bytes),
      facts.contentType,
    ),
  );
  const place = findPlace(chunks, fault.after, events);
  if ("why" in place) return { kind: "unreached", plan, why: place.why };
  const { offset, at } = place;
  const length = chunks.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const [before, behind] = split(chunks, offset);

  switch (fault.kind) {
    case "cut":
      if (offset === length) return { kind: "unreached", plan, why: "it ends there anyway" };
      return { kind: "faulted", plan: { steps: before, end: { kind: "end" } } };
    case "reset":
      return { kind: "faulted", plan: { steps: before, end: { kind: "fail", error: RESET, at } } };
    case "stall": {
      const stall: Step = { kind: "stall", ms: fault.ms, at };
      return { kind: "faulted", plan: { steps: [...before, stall, ...behind], end: plan.end } };
    }
    case "error": {
      const { framing, ends } = events();
      // A provider sends whole events: the one that is on its way comes first. An array stays open for one more.
      const last = framing === "json-array" ? (ends.at(-1) ?? length) : length;
      const whole = offset === 0 ? 0 : (ends.find((end) => end >= offset) ?? last);
      const seq = ends.filter((end) => end <= whole).length;
      const event = framed(facts.overloadedEvent(seq), framing, offset === 0);
      if (typeof event === "string") return { kind: "unreached", plan, why: event };
      const error: Step = { kind: "chunk", bytes: event, at };
      return { kind: "faulted", plan: { steps: [...split(chunks, whole)[0], error], end: { kind: "end" } } };
    }
  }
}

type ChunkStep = Extract<Step, { readonly kind: "chunk" }>;

function eventsOf(find: () => EventEnds): () => EventEnds {
  let found: EventEnds | undefined;
  return () => {
    found ??= find();
    return found;
  };
}

type Place = { readonly offset: number; readonly at: number | undefined };

function findPlace(
  chunks: readonly ChunkStep[],
  after: FaultPlace,
  events: () => EventEnds,
): Place | { readonly why: string } {
  if ("ms" in after) {
    const last = chunks.at(-1)?.at;
    if (last === undefined) return { why: "no times were recorded of it" };
    if (last <= after.ms) return { why: `it was over after ${last} ms` };
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

/** When the byte before `offset` came. */
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

/** The event in the framing of the body, or why it cannot be in it. */
function framed(
  event: Uint8Array | undefined,
  framing: EventEnds["framing"],
  first: boolean,
): Uint8Array | string {
  if (event === undefined) return "no error event of its provider is known";
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
      return "it is no stream of events";
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
