import type { RecordedResponse, TransportError } from "../cassette/model.ts";
import type { Chunks, FaultPlace, ResolvedOptions } from "../modes/options.ts";

/** One thing that a replayed body does. */
export type Step =
  /** Gives bytes; `at` is when they came, in milliseconds since the request was sent, where that is known. */
  | { readonly kind: "chunk"; readonly bytes: Uint8Array; readonly at: number | undefined }
  /** Does nothing for so many milliseconds, by the timers that the test sees; for ever where that is infinite. */
  | { readonly kind: "stall"; readonly ms: number };

/** What a body does after its last step. */
export type PlannedEnd =
  | { readonly kind: "end" }
  | { readonly kind: "fail"; readonly error: TransportError }
  /** The client had gone when this was recorded: there is no more to give. */
  | { readonly kind: "gone" };

export interface Plan {
  readonly steps: readonly Step[];
  readonly end: PlannedEnd;
}

const RESET: TransportError = { code: "ECONNRESET", message: "read ECONNRESET" };

/** What a recorded response does when it is replayed as it was. */
export function planOf(response: RecordedResponse): Plan {
  const times = response.timing?.chunks ?? [];
  const steps = response.chunks.map((bytes, index): Step => ({ kind: "chunk", bytes, at: times[index] }));
  return { steps, end: endOf(response) };
}

function endOf({ end, error }: RecordedResponse): PlannedEnd {
  if (error !== undefined) return { kind: "fail", error };
  switch (end) {
    case "complete":
    case "truncated":
      return { kind: "end" };
    case "aborted":
      return { kind: "gone" };
    case "reset":
      return { kind: "fail", error: RESET };
  }
}

/** The same bytes in other reads. A piece has the time of the recorded chunk in which its last byte came. */
export function recut(plan: Plan, chunks: Chunks): Plan {
  if (chunks === "recorded") return plan;
  const recorded = plan.steps.filter((step) => step.kind === "chunk");
  const bytes = Buffer.concat(recorded.map((step) => step.bytes));
  const ends = cuts(bytes.length, chunks);
  let offset = 0;
  const arrivals = recorded.map((step) => {
    offset += step.bytes.length;
    return { until: offset, at: step.at };
  });
  let start = 0;
  let arrival = 0;
  const steps = ends.map((end): Step => {
    while ((arrivals[arrival]?.until ?? Number.POSITIVE_INFINITY) < end) arrival++;
    const step: Step = { kind: "chunk", bytes: bytes.subarray(start, end), at: arrivals[arrival]?.at };
    start = end;
    return step;
  });
  return { steps, end: plan.end };
}

/** Where the pieces of `length` bytes end, ascending, the last at `length`. */
function cuts(length: number, chunks: Exclude<Chunks, "recorded">): readonly number[] {
  if (length === 0) return [];
  if (chunks === "whole") return [length];
  const size = chunks === "bytes" ? 1 : "size" in chunks ? chunks.size : undefined;
  const ends: number[] = [];
  if (size !== undefined) {
    for (let end = size; end < length; end += size) ends.push(end);
  } else {
    const random = generator((chunks as { seed: number }).seed);
    // One byte to a few dozen: short enough to fall inside characters and between CR and LF.
    for (let end = 1 + Math.floor(random() * 48); end < length; end += 1 + Math.floor(random() * 48))
      ends.push(end);
  }
  return [...ends, length];
}

/** Mulberry32: the same numbers for the same seed, on every machine. */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export interface FaultTools {
  /** Byte offsets at which the events of a body end. */
  eventEnds(bytes: Uint8Array): readonly number[];
  /** The provider's own event for an overload; `undefined` where it has none. */
  overloaded(): Uint8Array | undefined;
}

/** The plan with a failure in its middle. A body that ends before that place is left as it is. */
export function withFault(plan: Plan, fault: ResolvedOptions["fault"], tools: FaultTools): Plan {
  if (fault === undefined) return plan;
  const split = splitAt(plan.steps, fault.after, tools);
  if (split === undefined) return plan;
  const { before, behind } = split;
  switch (fault.kind) {
    case "cut":
      return { steps: before, end: { kind: "end" } };
    case "reset":
      return { steps: before, end: { kind: "fail", error: RESET } };
    case "stall":
      return { steps: [...before, { kind: "stall", ms: fault.ms }, ...behind], end: plan.end };
    case "error": {
      const bytes = tools.overloaded();
      if (bytes === undefined) return { steps: before, end: { kind: "fail", error: RESET } };
      const last = before.at(-1);
      const at = last?.kind === "chunk" ? last.at : undefined;
      return { steps: [...before, { kind: "chunk", bytes, at }], end: { kind: "end" } };
    }
  }
}

function splitAt(
  steps: readonly Step[],
  place: FaultPlace,
  tools: FaultTools,
): { before: readonly Step[]; behind: readonly Step[] } | undefined {
  if ("chunks" in place) {
    if (place.chunks >= steps.length) return undefined;
    return { before: steps.slice(0, place.chunks), behind: steps.slice(place.chunks) };
  }
  if ("ms" in place) {
    const index = steps.findIndex((step) => step.kind === "chunk" && (step.at ?? 0) > place.ms);
    if (index === -1) return undefined;
    return { before: steps.slice(0, index), behind: steps.slice(index) };
  }
  const bytes = Buffer.concat(steps.map((step) => (step.kind === "chunk" ? step.bytes : new Uint8Array())));
  const ends = tools.eventEnds(bytes);
  const offset = place.events === 0 ? 0 : ends[place.events - 1];
  if (offset === undefined || offset >= bytes.length) return undefined;
  return splitAtByte(steps, offset);
}

function splitAtByte(steps: readonly Step[], offset: number): { before: Step[]; behind: Step[] } {
  const before: Step[] = [];
  const behind: Step[] = [];
  let start = 0;
  for (const step of steps) {
    const length = step.kind === "chunk" ? step.bytes.length : 0;
    const cut = offset - start;
    start += length;
    if (step.kind !== "chunk" || cut >= length) (cut >= length ? before : behind).push(step);
    else if (cut <= 0) behind.push(step);
    else {
      before.push({ ...step, bytes: step.bytes.subarray(0, cut) });
      behind.push({ ...step, bytes: step.bytes.subarray(cut) });
    }
  }
  return { before, behind };
}
