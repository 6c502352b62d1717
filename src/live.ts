import { Buffer } from "node:buffer";
import { EventQueue, type EventSink } from "./events/event-queue.ts";
import { eventOutputs } from "./events/outputs.ts";
import { LineSplitter } from "./live/line-splitter.ts";
import { startLiveServer } from "./live/live-view.ts";
import { checkLiveOptions } from "./options/check-options.ts";
import type { LiveOptions } from "./options/options.ts";

export type { LiveOptions } from "./options/options.ts";

/** A live view that runs. */
export interface LiveView extends AsyncDisposable {
  /** The address of the page, with the token that it needs. */
  readonly url: string;
  /** Sends what is left to the page, and stops. */
  close(): Promise<void>;
}

/**
 * Shows what cassettes and emitters of this process do in a page, while they do it: for scripts and development servers. It
 * does not keep the process alive.
 *
 * @throws CassetteOptionsError for an unknown option or an invalid value, CassetteError `CASSETTE_LIVE` if the port is taken
 * @example
 * await using view = await startLiveView({ open: true });
 * await withCassette("agent", () => runAgent());
 */
export async function startLiveView(options: LiveOptions = {}): Promise<LiveView> {
  checkLiveOptions(options);
  const server = await startLiveServer(options);
  const source = server.source();
  const splitter = new LineSplitter((line) => source.add(line));
  const sink: EventSink = {
    isFull: false,
    isClosed: false,
    write: (lines) => splitter.add(Buffer.from(lines)),
    flushed: () => Promise.resolve(),
    onReady: () => undefined,
  };
  const queue = new EventQueue(sink);
  eventOutputs().add(queue);
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    eventOutputs().delete(queue);
    await queue.flush(1_000);
    source.close();
    await server.close();
  };
  const view: LiveView = {
    url: server.url,
    close: () => {
      closing ??= close();
      return closing;
    },
    [Symbol.asyncDispose]: () => view.close(),
  };
  return view;
}
