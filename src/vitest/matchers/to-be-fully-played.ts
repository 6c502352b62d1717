import { count } from "../../cassette/count.ts";
import { requestLine } from "../../diagnosis/miss-facts.ts";
import { entryLine } from "../../session/entry-line.ts";
import { assertCassette } from "./support/assert-streams.ts";
import type { MatcherContext, MatcherResult } from "./support/matcher-context.ts";
import { listing } from "./support/show-events.ts";
import { cut } from "./support/words.ts";

/** Checks that every recording in the cassette was played. */
export function toBeFullyPlayed(this: MatcherContext, received: unknown): MatcherResult {
  const claim = { is: "every recording to be played", isNot: "some recordings not to be played" };
  return assertCassette(this, received, claim, ({ unplayed, entries }) => ({
    holds: unplayed.length === 0,
    found: `${unplayed.length} of ${count(entries.length, "recording")} were not`,
    show: () =>
      // Numbered as in the comments of the cassette.
      listing(
        entries,
        (entry) => [cut(requestLine(entryLine(entry)), 116)],
        unplayed.map((each) => entries.indexOf(each)),
        1,
      ),
  }));
}
