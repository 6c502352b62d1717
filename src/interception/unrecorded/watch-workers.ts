import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { callSite } from "../sender-site.ts";
import type { ReportUnrecorded } from "./unrecorded-traffic.ts";

/** Reports the worker threads that are started. */
export function watchWorkers(report: ReportUnrecorded): () => void {
  // Published by the constructor of `Worker`, which does not say what the thread runs.
  const started = (): void => report({ way: "worker", url: "worker:", site: callSite(started) });
  subscribe("worker_threads", started);
  return () => void unsubscribe("worker_threads", started);
}
