import type { Cassette } from "../../../session/cassette.ts";
import { answer, type Claim, type Finding, unknown } from "./assert-streams.ts";
import type { MatcherContext, MatcherResult } from "./context.ts";
import { isCassette, notA } from "./subject.ts";

/** Judges a whole cassette. */
export function judgeCassette(
  context: MatcherContext,
  received: unknown,
  claim: Claim,
  judge: (cassette: Cassette) => Finding,
): MatcherResult {
  return answer(
    context,
    claim,
    isCassette(received) ? judge(received) : unknown(notA("a Cassette", received)),
  );
}
