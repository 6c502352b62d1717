import { unknown } from "./support/assert-streams.ts";
import type { MatcherContext, MatcherResult } from "./support/context.ts";
import { untimed } from "./support/decodable.ts";
import { judgeMoment } from "./support/judge-moment.ts";
import { ms } from "./support/show.ts";
import { showChunks } from "./support/show-events.ts";
import type { StreamMatcherOptions } from "./support/subject.ts";

/** The first chunk of the body came within so many milliseconds of the request. */
export function toHaveFirstChunkWithin(
  this: MatcherContext,
  received: unknown,
  limit: number,
  options?: StreamMatcherOptions,
): MatcherResult {
  return judgeMoment(this, "toHaveFirstChunkWithin", "the first chunk", received, limit, options, (trace) => {
    const at = trace.timing.firstChunk;
    const show = (): string => showChunks(trace, trace.chunks.length === 0 ? [] : [0]);
    if (at === undefined) return { ...unknown(untimed(trace) ?? "its time is not known"), show };
    return { holds: at <= limit, found: `it came after ${ms(at)}`, show };
  });
}
