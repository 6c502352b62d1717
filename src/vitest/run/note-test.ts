import { count } from "../../cassette/count.ts";
import { hostOf } from "../../cassette/host-of.ts";
import type { Interaction } from "../../cassette/model.ts";
import { traceInteraction } from "../../providers/decode-stream.ts";
import type { Session } from "../../session/session.ts";
import { workerState } from "../../session/worker-state.ts";
import { sparkline } from "../../streams/sparkline.ts";
import { fileState } from "../file-state.ts";
import type { TestScope } from "../test-scope.ts";
import { type CassetteUse, ourMeta } from "./meta.ts";

/** Notes what a test that has ended did with its cassettes: for the reporter, and as a text for Vitest's UI if it is on. */
export function noteTest({ task, had }: TestScope): void {
  fileState().uses.set(task.id, had.map(useOf));
  if (workerState().settings.pictures === true)
    ourMeta(task.meta).cassettes = had.flatMap(describe).join("\n");
}

function useOf(session: Session): CassetteUse {
  const { mode, settings, stats, run } = session;
  const { requests, played, recorded } = stats;
  const onTape = run.timeline.entries.filter(({ kind }) => kind === "request");
  return {
    file: settings.tape.shownFile,
    mode,
    requests,
    played,
    recorded,
    missed: stats.missed + stats.substituted,
    positions: onTape.flatMap((each, position) => Array<number>(run.timeline.played(each)).fill(position)),
  };
}

/** Describes what a test did with a cassette, with a picture of how the bytes of each stream arrived. */
function describe(session: Session): readonly string[] {
  const { file, mode, played, recorded, missed } = useOf(session);
  const counts = Object.entries({ played, recorded, missed }).flatMap(([what, amount]) =>
    amount === 0 ? [] : `${amount} ${what}`,
  );
  return [
    [file, mode, ...counts].join(" · "),
    ...session.requests.interactions.flatMap((interaction, index) =>
      describeStream(interaction, index).map((line) => session.settings.redactor.redactText(line)),
    ),
  ];
}

/** Makes short lines: Vitest's UI does not wrap them. */
function describeStream(interaction: Interaction, index: number): readonly string[] {
  const { request, response } = interaction;
  const { model, usage, timing, chunks } = traceInteraction(interaction);
  const { firstToken, duration } = timing;
  const facts = [
    `  ${index + 1}`,
    model ?? hostOf(request.url),
    response.status >= 300 ? `status ${response.status}` : [],
    usage?.outputTokens === undefined ? [] : count(usage.outputTokens, "token"),
    firstToken === undefined ? [] : `first token ${Math.round(firstToken)} ms`,
  ];
  const line = facts.flat().join(" · ");
  if (duration === undefined) return [line];
  const arrivals = chunks.map(({ at = 0, bytes }) => ({ at, amount: bytes.length }));
  return [line, `    ${sparkline(arrivals)}  ${Math.round(duration)} ms`];
}
