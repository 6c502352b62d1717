import { CassetteError } from "../cassette/errors.ts";
import type { StreamTrace } from "./stream-trace.ts";
import { TRACE } from "./trace-brand.ts";

/** A stream that is traced while it is read; see `traceStream`. */
export interface Traced {
  /**
   * Resolves when the stream has ended in any way. Reads the stream itself if nothing else started to by the
   * next turn of the event loop. Never rejects: a failure is the trace's `end`.
   */
  readonly done: Promise<StreamTrace>;
  /** @throws CassetteError `CASSETTE_TRACE_RUNNING` if the stream has not ended */
  readonly trace: StreamTrace;
}

/** Returns the trace that `value` is or has; `undefined` if it has none. */
export function traceOf(value: unknown): StreamTrace | undefined {
  if (isTrace(value)) return value;
  if (typeof value !== "object" || value === null || !("done" in value && "trace" in value)) return undefined;
  const { trace } = value as Traced;
  return isTrace(trace) ? trace : undefined;
}

/** The same as `StreamTrace.is`, without loading the class. */
function isTrace(value: unknown): value is StreamTrace {
  return typeof value === "object" && value !== null && TRACE in value;
}

export function stillRunning(): CassetteError {
  return new CassetteError(
    "CASSETTE_TRACE_RUNNING",
    "Failed to read a traced stream: it has not ended. Wait for it first: await traced.done",
  );
}
