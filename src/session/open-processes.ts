import type { Timeline } from "../calls/timeline.ts";
import { type Later, later } from "../cassette/later.ts";
import { Request } from "../http/web-api.ts";
import type { ResolvedOptions } from "../options/options.ts";
import { ProcessRules } from "../processes/process-rules.ts";
import { Processes } from "../processes/processes.ts";
import { bypassReason } from "./request-filter.ts";
import { workerState } from "./worker-state.ts";

/** Returns who records and plays the child processes of a session. */
export function openProcesses(
  timeline: Timeline,
  { processes, ignore, maxBytes }: ResolvedOptions,
): Later<Processes> {
  return later(
    () =>
      new Processes(timeline, {
        rules: new ProcessRules(processes, workerState().settings.root),
        maxBytes,
        ignores: (program) => {
          const url = `process:${program}`;
          return (
            bypassReason({ method: "GET", url, request: () => new Request(url) }, { include: [], ignore }) ===
            "ignored"
          );
        },
      }),
  );
}
