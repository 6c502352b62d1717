import { CassetteError } from "../cassette/errors.ts";
import { asError } from "../cassette/is-error.ts";
import { process } from "../cassette/node-process.ts";
import type { EventAddress } from "../events/event-socket.ts";
import type { LiveOptions } from "../options/options.ts";
import { openInBrowser } from "../page/open-in-browser.ts";
import { renderPage } from "../page/render-page.ts";
import { systemReason } from "../storage/storage-error.ts";
import { EventHub, type EventSource } from "./event-hub.ts";
import { newToken, startEventServer } from "./event-server.ts";
import { EventStore } from "./event-store.ts";
import { type PageServer, startPageServer } from "./page-server.ts";

/** The servers of a live view, and what they have by now. */
export interface LiveServer {
  /** The address of the page, with its token. */
  readonly url: string;
  /** The address to which workers send events. */
  readonly address: EventAddress;
  /** For the events of this process. */
  source(): EventSource;
  close(): Promise<void>;
}

/**
 * Starts the live view.
 *
 * @param page returns the page as HTML
 * @throws CassetteError `CASSETTE_LIVE` if it cannot listen
 */
export async function startLiveServer(
  { port = 0, host = "127.0.0.1", open = false }: LiveOptions,
  page: () => string = livePage,
): Promise<LiveServer> {
  const hub = new EventHub(new EventStore());
  const token = newToken();
  const events = await startEventServer(hub);
  let pages: PageServer;
  try {
    pages = await startPageServer({ hub, host, port, token, page });
  } catch (error) {
    await events.close();
    const message = `Failed to start the live view on ${host}:${port}: ${systemReason(error)}.\nName another port, or none to get a free one.`;
    throw new CassetteError("CASSETTE_LIVE", message, { cause: error });
  }
  if (!isLoopback(host)) {
    warn(
      `the live view listens on ${host}: anyone with its address can read the prompts and responses of your tests, from any machine that reaches this one.`,
    );
  }
  const url = `http://${hostInUrl(host)}:${pages.port}/?token=${token}`;
  const server: LiveServer = {
    url,
    address: { port: events.port, token: events.token },
    source: () => hub.source(),
    async close() {
      await events.close();
      await hub.close();
      await pages.close();
    },
  };
  if (open) {
    await openInBrowser(url, process.env).catch((error: unknown) => warn(asError(error).message));
  }
  return server;
}

function warn(message: string): void {
  console.warn(`[vitest-cassette] ${message}`);
}

function livePage(): string {
  return renderPage({ title: "Cassettes", events: [], live: true });
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\./.test(host);
}

function hostInUrl(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}
