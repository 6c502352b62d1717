import { styleText } from "node:util";
import type { Vitest } from "vitest/node";
import { asError } from "../cassette/is-error.ts";
import type { EventAddress } from "../events/event-socket.ts";
import { startLiveServer } from "../live/live-view.ts";
import type { LiveOptions } from "../options/options.ts";
import { printsForPeople } from "./run/print.ts";

const KEY = Symbol.for("vitest-cassette/live-views/1");

/**
 * Starts the live view of a run, on the first call, and prints where it is: all projects share one.
 *
 * @returns where workers send events; `undefined` if it cannot start, which is only a warning
 */
export function liveViewOf(vitest: Vitest, options: LiveOptions): Promise<EventAddress | undefined> {
  // Each project may load the plugin again.
  const holder = globalThis as { [KEY]?: WeakMap<Vitest, Promise<EventAddress | undefined>> };
  holder[KEY] ??= new WeakMap();
  const known = holder[KEY].get(vitest) ?? start(vitest, options);
  holder[KEY].set(vitest, known);
  return known;
}

async function start(vitest: Vitest, options: LiveOptions): Promise<EventAddress | undefined> {
  try {
    const view = await startLiveServer(options);
    vitest.onClose(() => view.close());
    const text = `${styleText("cyan", "[vitest-cassette]")} live view: ${view.url}`;
    // The standard output may be for a program.
    if (printsForPeople(vitest) === "nothing") vitest.logger.error(text);
    else vitest.logger.log(text);
    return view.address;
  } catch (error) {
    vitest.logger.warn(`[vitest-cassette] ${asError(error).message}`);
    return undefined;
  }
}
