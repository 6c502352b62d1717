import { count } from "../../cassette/count.ts";
import { assertCassette } from "./support/assert-streams.ts";
import type { MatcherContext, MatcherResult } from "./support/matcher-context.ts";
import { showRequests } from "./support/sent-request.ts";

/** Checks that every recording in the cassette was requested. */
export function toBeFullyPlayed(this: MatcherContext, received: unknown): MatcherResult {
  const claim = { is: "every recording to be played", isNot: "some recordings not to be played" };
  return assertCassette(this, received, claim, ({ unplayed, interactions }) => ({
    holds: unplayed.length === 0,
    found: `${unplayed.length} of ${count(interactions.length, "recording")} were not`,
    show: () =>
      showRequests(
        interactions.map(({ request }) => request),
        unplayed.map((each) => interactions.indexOf(each)),
      ),
  }));
}
