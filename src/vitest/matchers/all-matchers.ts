export { toHaveChunkCount, toHaveEventCount } from "./count-matchers.ts";
export { toHaveCallOrder, toHaveSteps } from "./order-matchers.ts";
export { toHaveRequested, toHaveRequestedTimes } from "./request-matchers.ts";
export { toHaveStreamedReasoning, toHaveStreamedText } from "./text-matchers.ts";
export {
  toHaveCompletedWithin,
  toHaveFirstChunkWithin,
  toHaveFirstTokenWithin,
  toHaveGapsWithin,
  toHaveNoStallOver,
  toHaveTokensPerSecond,
  toHaveTokenTiming,
} from "./timing-matchers.ts";
export { toBeFullyPlayed } from "./to-be-fully-played.ts";
export { toHaveCalledTool } from "./to-have-called-tool.ts";
export { toHaveCalledTools } from "./to-have-called-tools.ts";
export { toHaveEnded } from "./to-have-ended.ts";
export { toHaveEventSequence } from "./to-have-event-sequence.ts";
export { toHaveFinishReason } from "./to-have-finish-reason.ts";
export { toHaveNoDuplicateEvents } from "./to-have-no-duplicate-events.ts";
export { toHaveNoMisses } from "./to-have-no-misses.ts";
export { toHaveNoRestart } from "./to-have-no-restart.ts";
export { toHaveNoSequenceGaps } from "./to-have-no-sequence-gaps.ts";
export { toHaveReached } from "./to-have-reached.ts";
export { toHaveStreamError } from "./to-have-stream-error.ts";
export { toHaveStreamedIncrementally } from "./to-have-streamed-incrementally.ts";
export { toHaveTerminated } from "./to-have-terminated.ts";
export { toHaveUsage } from "./to-have-usage.ts";
export { toMatchUpstream } from "./to-match-upstream.ts";
