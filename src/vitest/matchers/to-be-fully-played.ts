import { count } from "../../cassette/count.ts";
import type { Cassette } from "../../session/cassette.ts";
import { assertCassette } from "./support/assert-streams.ts";
import type { MatcherContext, MatcherResult } from "./support/matcher-context.ts";
import { cut } from "./support/words.ts";

const MOST_SHOWN = 10;

/** Checks that every recording in the cassette was requested. */
export function toBeFullyPlayed(this: MatcherContext, received: unknown): MatcherResult {
  const claim = { is: "every recording to be played", isNot: "some recordings not to be played" };
  return assertCassette(this, received, claim, (cassette) => {
    const { unplayed, interactions } = cassette;
    const all = interactions.length;
    if (unplayed.length === 0) {
      return { holds: true, found: all === 0 ? "the cassette is empty" : `all ${all} were` };
    }
    const were = unplayed.length === 1 ? "was" : "were";
    return {
      holds: false,
      found: `${unplayed.length} of ${count(all, "recording")} ${were} not`,
      show: () => showUnplayed(cassette),
    };
  });
}

function showUnplayed({ unplayed, interactions }: Cassette): string {
  const width = String(interactions.length).length;
  const lines = unplayed.slice(0, MOST_SHOWN).map((recording) => {
    const position = interactions.indexOf(recording) + 1;
    return `    ${String(position || "?").padStart(width)}  ${recording.request.method} ${cut(recording.request.url, 110)}`;
  });
  if (unplayed.length > MOST_SHOWN) lines.push(`    … ${unplayed.length - MOST_SHOWN} more`);
  return lines.join("\n");
}
