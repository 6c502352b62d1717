import type { Session } from "../../session/session.ts";
import { fileState } from "../file-state.ts";
import type { TestScope } from "../test-scope.ts";
import type { CassetteUse } from "./meta.ts";

/** Notes what a test that has ended did with its cassettes, for the reporter. */
export function noteTest({ task, had }: TestScope): void {
  fileState().uses.set(task.id, had.map(useOf));
}

/** Returns what a test did with a cassette. */
export function useOf(session: Session): CassetteUse {
  const { mode, settings, stats } = session;
  const { requests, played, recorded, bytesRecorded, overhead, events } = stats;
  return {
    file: settings.tape.shownFile,
    mode,
    requests,
    played,
    recorded,
    missed: stats.missed + stats.substituted,
    bytesRecorded,
    overhead: Math.round(overhead * 100) / 100,
    events,
    positions: session.playedPositions,
  };
}
