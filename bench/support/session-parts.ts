import type { Interaction, RecordedRequest } from "../../src/cassette/model.ts";
import type { RecordingIndex } from "../../src/matching/recording-index.ts";
import { readEnvironment } from "../../src/options/environment.ts";
import { resolveOptions } from "../../src/options/resolve-options.ts";
import { type Match, RecordingQueue } from "../../src/replay/recording-queue.ts";
import { createRedactorAndRules } from "../../src/session/create-redactor-and-rules.ts";

/** Secrets and match rules as a cassette without options has them. */
export const { redactor, rules } = createRedactorAndRules(
  resolveOptions({ environment: readEnvironment({}), test: {}, project: {} }),
  { OPENAI_API_KEY: "an opaque key that is in the environment" },
);

export function queueOf(index: RecordingIndex): RecordingQueue {
  const plays = new Map<Interaction, number>();
  const played = (recording: Interaction): number => plays.get(recording) ?? 0;
  return new RecordingQueue(index, {
    plays: { played, play: (recording) => void plays.set(recording, played(recording) + 1) },
  });
}

/** Finds the recording of a live request, as a session does. */
export function match(queue: RecordingQueue, request: RecordedRequest): Match {
  return queue.match(request, "any", () => redactor.redactRequest(request));
}

export function chatPost(body: object): RecordedRequest {
  return {
    method: "POST",
    url: "https://api.openai.com/v1/chat/completions",
    headers: [["content-type", "application/json"]],
    body: new TextEncoder().encode(JSON.stringify(body)),
  };
}

/** Returns a recording of a request without a body in its answer. */
export function recordingOf(request: RecordedRequest, at = 0): Interaction {
  const response = { status: 200, statusText: "OK", headers: [], chunks: [], end: "complete" } as const;
  return { kind: "request", at, request, response };
}
