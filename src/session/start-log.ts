import { resolve } from "node:path";
import { process } from "../cassette/node-process.ts";
import { EventLog } from "../events/log/event-log.ts";
import { eventOutputs } from "../events/outputs.ts";
import { pieceEvents } from "../events/piece-events.ts";
import { setPieceWatch } from "../streams/piece-watch.ts";
import { currentScope, scopeState } from "./scope.ts";
import { workerState } from "./worker-state.ts";

const KEY = Symbol.for("vitest-cassette/log/1");

/** Starts the log if the environment or the option `debug` asks for it; once for each worker. */
export function startLog(debug: boolean | string): void {
  const holder = globalThis as { [KEY]?: string };
  if (debug === false && !namesUs(process.env.DEBUG)) return;
  const file = typeof debug === "string" ? resolve(workerState().settings.root, debug) : undefined;
  const target = file ?? "stderr";
  if (holder[KEY] === target) return;
  holder[KEY] = target;
  eventOutputs().add(new EventLog(file));
}

/** Makes the pieces of traced streams events of the test that reads them. */
export function watchTracedStreams(): void {
  setPieceWatch((side) => {
    const { open } = scopeState();
    if (open.size === 0) return undefined;
    const session = currentScope()?.sessions.at(-1) ?? (open.size === 1 ? [...open][0] : undefined);
    const bus = session?.run.timeline.events.bus;
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
