import { count } from "../../cassette/count.ts";
import { assertCassette } from "./support/assert-streams.ts";
import type { MatcherContext, MatcherResult } from "./support/matcher-context.ts";
import { listing } from "./support/show-events.ts";
import { cut } from "./support/words.ts";

/** Checks that every recording in the cassette was requested. */
export function toBeFullyPlayed(this: MatcherContext, received: unknown): MatcherResult {
  const claim = { is: "every recording to be played", isNot: "some recordings not to be played" };
  return assertCassette(this, received, claim, ({ unplayed, interactions }) => ({
    holds: unplayed.length === 0,
    found: `${unplayed.length} of ${count(interactions.length, "recording")} were not`,
    show: () =>
      // Numbered as in the comments of the cassette.
      listing(
        interactions,
        ({ request }) => [`${request.method} ${cut(request.url, 110)}`],
        unplayed.map((each) => interactions.indexOf(each)),
        1,
      ),
  }));
}
