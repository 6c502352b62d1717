export { toBeFullyPlayed, toHaveNoMisses, toHaveReached } from "./cassette-matchers.ts";
export { toHaveChunkCount, toHaveEventCount } from "./count-matchers.ts";
export { toHaveEnded, toHaveFinishReason, toHaveTerminated } from "./ending-matchers.ts";
export {
  toHaveNoDuplicateEvents,
  toHaveNoRestart,
  toHaveNoSequenceGaps,
  toHaveStreamedIncrementally,
} from "./integrity-matchers.ts";
export { toHaveRequested, toHaveRequestedTimes } from "./request-matchers.ts";
export { toHaveCallOrder, toHaveEventSequence, toHaveSteps } from "./sequence-matchers.ts";
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
export { toHaveStreamError } from "./to-have-stream-error.ts";
export { toHaveUsage } from "./to-have-usage.ts";
export { toMatchUpstream } from "./to-match-upstream.ts";
export { toHaveCalledTool, toHaveCalledTools } from "./tool-matchers.ts";
