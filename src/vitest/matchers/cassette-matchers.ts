import { count } from "../../cassette/count.ts";
import { summarizeMiss } from "../../diagnosis/explain-miss.ts";
import { requestLine } from "../../diagnosis/miss-facts.ts";
import { entryLine } from "../../session/entry-line.ts";
import { checkText } from "./support/check-arguments.ts";
import { cassetteMatcher } from "./support/matcher.ts";
import { isText, type TextExpectation } from "./support/matcher-context.ts";
import { happenedIn, inOrder } from "./support/run-events.ts";
import { listing } from "./support/show-events.ts";
import { cut, value } from "./support/words.ts";

/** Checks that every recording in the cassette was played. */
export const toBeFullyPlayed = cassetteMatcher("toBeFullyPlayed", () => ({
  is: "every recording to be played",
  isNot: "some recordings not to be played",
  check: ({ unplayed, entries }) => ({
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
  }),
}));

/** Checks that everything that the test asked for had a recording. */
export const toHaveNoMisses = cassetteMatcher("toHaveNoMisses", () => ({
  is: "no misses",
  isNot: "a miss",
  check({ misses, stats: { asked, requests } }) {
    const all = asked === requests ? count(requests, "request") : `${asked} requests and other entries`;
    if (misses.length === 0) return { holds: true, found: `there is none among ${all}` };
    const lines = misses.map((miss) => `    ${miss.kind === "request" ? summarizeMiss(miss) : miss.summary}`);
    return {
      holds: false,
      found: `${misses.length} of ${all} had no recording`,
      show: () => lines.join("\n"),
    };
  },
}));

/** Checks that the run has reached a checkpoint. */
export const toHaveReached = cassetteMatcher(
  "toHaveReached",
  ({ matcher, context }, label: TextExpectation) => {
    checkText(matcher, "the label of the checkpoint", label);
    const words = value(label);
    return {
      is: `the checkpoint ${words} to be reached`,
      isNot: `the checkpoint ${words} not to be reached`,
      check(cassette) {
        const reached = happenedIn(cassette, "checkpoint");
        return {
          holds: reached.some(({ name }) => isText(context, name, label)),
          found: `these were: ${inOrder(reached)}`,
        };
      },
    };
  },
);
