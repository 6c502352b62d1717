import type { RecordedResponse, TransportError } from "../cassette/model.ts";

/** One step of a replayed body. */
export type Step =
  /** Sends bytes. `at` is when they arrived, in milliseconds since the request was sent, if known. */
  | { readonly kind: "chunk"; readonly bytes: Uint8Array; readonly at: number | undefined }
  /** Does nothing for `ms` milliseconds from `at` on; `Infinity` is forever. */
  | { readonly kind: "stall"; readonly ms: number; readonly at: number | undefined };

export type ChunkStep = Extract<Step, { readonly kind: "chunk" }>;

/** The end of a body, after its last step. */
export type ScriptEnd =
  | { readonly kind: "end" }
  | { readonly kind: "fail"; readonly error: TransportError; readonly at?: number | undefined }
  /** The client had aborted when this was recorded: there is nothing more to send. */
  | { readonly kind: "gone" };

/** The steps of a replayed body. The client reads each chunk separately. */
export interface ReplayScript {
  readonly steps: readonly Step[];
  readonly end: ScriptEnd;
}

export const RESET: TransportError = { code: "ECONNRESET", message: "read ECONNRESET" };

/** Returns the script of a recorded response as it was recorded. */
export function replayScript(response: RecordedResponse): ReplayScript {
  const times = response.timing?.chunks ?? [];
  const steps = response.chunks.map((bytes, index): Step => ({ kind: "chunk", bytes, at: times[index] }));
  return { steps, end: endOf(response) };
}

function endOf({ end, error }: RecordedResponse): ScriptEnd {
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
