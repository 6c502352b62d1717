import type { RecordedResponse, TransportError } from "../cassette/model.ts";

/** One thing that a replayed body does. */
export type Step =
  /** Gives bytes; `at` is when they came, in milliseconds since the request was sent, where that is known. */
  | { readonly kind: "chunk"; readonly bytes: Uint8Array; readonly at: number | undefined }
  /** Does nothing from `at` on for so many milliseconds, for ever where that is infinite. */
  | { readonly kind: "stall"; readonly ms: number; readonly at: number | undefined };

/** What a body does after its last step. */
export type PlannedEnd =
  | { readonly kind: "end" }
  | { readonly kind: "fail"; readonly error: TransportError; readonly at?: number | undefined }
  /** The client had gone when this was recorded: there is no more to give. */
  | { readonly kind: "gone" };

/** What a replayed body does, step by step: each chunk is a read of the client. */
export interface Plan {
  readonly steps: readonly Step[];
  readonly end: PlannedEnd;
}

export const RESET: TransportError = { code: "ECONNRESET", message: "read ECONNRESET" };

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
