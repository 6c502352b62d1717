import { resolve } from "node:path";
import { process } from "../cassette/node-process.ts";
import { EventLog } from "../events/log/event-log.ts";
import { eventOutputs } from "../events/outputs.ts";
import { pieceEvents } from "../events/piece-events.ts";
import { setPieceWatch } from "../streams/piece-watch.ts";
import { currentSession } from "./scope.ts";
import { workerState } from "./worker-state.ts";

const KEY = Symbol.for("vitest-cassette/log/2");

/**
 * Starts the log if the environment or the option `debug` asks for it, and else ends it: with `isolate: false`, a worker runs
 * files of several projects.
 */
export function startLog(debug: boolean | string): void {
  const holder = globalThis as { [KEY]?: { readonly target: string; readonly log: EventLog } | undefined };
  const file = typeof debug === "string" ? resolve(workerState().settings.root, debug) : undefined;
  const isAsked = debug !== false || namesUs(process.env.DEBUG);
  const target = isAsked ? (file ?? "stderr") : undefined;
  const running = holder[KEY];
  if (running?.target === target) return;
  if (running !== undefined) {
    running.log.flush();
    eventOutputs().delete(running.log);
  }
  holder[KEY] = undefined;
  if (target === undefined) return;
  const log = new EventLog(file);
  holder[KEY] = { target, log };
  eventOutputs().add(log);
}

/** Makes the pieces of traced streams events of the test that reads them. */
export function watchTracedStreams(): void {
  setPieceWatch((side) => {
    const bus = currentSession()?.run.timeline.events.bus;
    return bus?.isOn === true ? pieceEvents(bus, side) : undefined;
  });
}

/** Whether `DEBUG`, a list of names of which `*` ends one, has ours; a `-` before a name takes it out. */
function namesUs(list = ""): boolean {
  const names = list.split(/[\s,]+/).filter((name) => name !== "");
  const matches = (name: string): boolean =>
    name === "vitest-cassette" ||
    (name.endsWith("*") && "vitest-cassette".startsWith(name.replace(/:?\*$/, "")));
  return names.some(matches) && !names.some((name) => name.startsWith("-") && matches(name.slice(1)));
}
