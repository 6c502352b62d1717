import type { RecordedResponse, TransportError } from "../cassette/model.ts";

/** One thing that a replayed body does. */
export type Step =
  /** Gives bytes. `at` is when they came, in milliseconds since the request was sent, if known. */
  | { readonly kind: "chunk"; readonly bytes: Uint8Array; readonly at: number | undefined }
  /** Does nothing for `ms` milliseconds from `at` on; `Infinity` is forever. */
  | { readonly kind: "stall"; readonly ms: number; readonly at: number | undefined };

export type ChunkStep = Extract<Step, { readonly kind: "chunk" }>;

/** What a body does after its last step. */
export type ScriptEnd =
  | { readonly kind: "end" }
  | { readonly kind: "fail"; readonly error: TransportError; readonly at?: number | undefined }
  /** The client was gone when this was recorded: there is nothing more to give. */
  | { readonly kind: "gone" };

/** What a replayed body does, step by step. The client reads each chunk on its own. */
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
