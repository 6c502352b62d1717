import { traceOf } from "../streams/trace-of.ts";
import { printTrace } from "./matchers/support/print-trace.ts";

/** A snapshot serializer, of the newer kind that Vitest accepts. */
export interface TraceSerializer {
  test(value: unknown): boolean;
  serialize(value: unknown, config: unknown, indentation: string): string;
}

/**
 * Prints a trace for snapshots: the types of its events, its text, tools and finish reason. Omits times, token counts
 * and ids, which differ in each recording of the same answer, and secrets.
 */
export const streamTraceSerializer: TraceSerializer = {
  test: (value) => traceOf(value) !== undefined,
  serialize(value, _config, indentation) {
    const trace = traceOf(value);
    if (trace === undefined) return String(value);
    return printTrace(trace)
      .map((line, index) => (index === 0 || line === "" ? line : `${indentation}${line}`))
      .join("\n");
  },
};
