import type { InterceptionState } from "../context.ts";
import type { ReportUnrecorded } from "./unrecorded-traffic.ts";
import { watchDatagrams } from "./watch-datagrams.ts";
import { watchDns } from "./watch-dns.ts";
import { watchProcesses } from "./watch-processes.ts";
import { watchWorkers } from "./watch-workers.ts";

/**
 * Reports everything that can leave the process in a way that the seams do not record. Changes nothing about it.
 * `http-connections.ts` and the socket seam report connections.
 *
 * @returns a function that stops this
 */
export function watchUnrecorded(state: InterceptionState): () => void {
  const report = reporter(state);
  const undo = [
    watchDatagrams(report),
    watchDns(report),
    watchProcesses(report, (command) => state.router.process(command)),
    watchWorkers(report),
  ];
  return () => {
    for (const each of undo.reverse()) each();
  };
}

/** Reports to the router, unless the traffic is our own. */
export function reporter(state: InterceptionState): ReportUnrecorded {
  return (traffic) => {
    if (state.own.getStore() === undefined && state.router.active()) state.router.unrecorded(traffic);
  };
}
