import type { CallForm } from "../cassette/model.ts";
import type { RecordedFunction } from "./call-options.ts";
import { replayCall } from "./replay-call.ts";

/** How a function that was never recorded gives its result. */
export function formOf({ run, type }: RecordedFunction): CallForm {
  switch (run.constructor.name) {
    case "AsyncGeneratorFunction":
      return "async iterable";
    case "GeneratorFunction":
      return "iterable";
    case "AsyncFunction":
      return "promise";
    default:
      return type === "tool" ? "promise" : "value";
  }
}

/** Fails in the form in which the function gives its result. */
export function failIn(form: CallForm, error: Error): unknown {
  const failed = { kind: "call", at: 0, name: "", type: "function", form, end: "aborted" } as const;
  switch (form) {
    case "value":
      throw error;
    case "iterable":
    case "async iterable":
    case "stream":
      return replayCall(failed, {
        pacing: "instant",
        classes: [],
        delays: new Set(),
        onExhausted: () => error,
      });
    case "promise":
    case "promise of iterable":
    case "promise of async iterable":
    case "promise of stream":
      return Promise.reject(error);
  }
}
