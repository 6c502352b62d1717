import { count } from "../../cassette/count.ts";
import type { Cassette } from "../../session/cassette.ts";
import type { MatcherContext, MatcherResult } from "./support/context.ts";
import { judgeCassette } from "./support/judge-cassette.ts";
import { cut } from "./support/show.ts";

const MOST_SHOWN = 10;

/** Every recording on the tape was asked for. */
export function toBeFullyPlayed(this: MatcherContext, received: unknown): MatcherResult {
  const claim = { is: "every recording to be played", isNot: "recordings that were not played" };
  return judgeCassette(this, received, claim, (cassette) => {
    const { unplayed, interactions } = cassette;
    const all = interactions.length;
    if (unplayed.length === 0) {
      return { holds: true, found: all === 0 ? "there is nothing on the tape" : `all ${all} were` };
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
