import { subscribe } from "node:diagnostics_channel";
import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from "node:http2";
import { interceptionState } from "../context.ts";
import { workerWide } from "../worker-wide.ts";

export interface WatchedRequest {
  readonly session: ClientHttp2Session;
  readonly stream: ClientHttp2Stream;
  readonly headers: IncomingHttpHeaders;
}

export interface WatchedSessions {
  /** Open sessions that don't lead to the hub. */
  readonly others: Set<ClientHttp2Session>;
  /** Sessions that lead to the hub, and whose requests are followed. */
  readonly followed: WeakSet<ClientHttp2Session>;
  /**
   * Called for each request of a session that is not followed.
   *
   * @param isNew whether the session was not known
   */
  onRequest: ((request: WatchedRequest, isNew: boolean) => void) | undefined;
  watching: boolean;
}

export function watchedSessions(): WatchedSessions {
  return workerWide<WatchedSessions>("http2", () => ({
    others: new Set(),
    followed: new WeakSet(),
    onRequest: undefined,
    watching: false,
  }));
}

/** Notes every HTTP/2 session that sends a request from now on. Only listens to the diagnostics of Node. */
export function watchSessions(): void {
  const sessions = watchedSessions();
  if (sessions.watching) return;
  sessions.watching = true;
  subscribe("http2.client.stream.created", (message) => {
    const { stream, headers } = message as Pick<WatchedRequest, "stream" | "headers">;
    const session = stream.session as ClientHttp2Session | undefined;
    if (session === undefined || sessions.followed.has(session)) return;
    if (interceptionState().own.getStore() !== undefined) return;
    const isNew = !sessions.others.has(session);
    if (isNew) {
      sessions.others.add(session);
      session.once("close", () => sessions.others.delete(session));
    }
    sessions.onRequest?.({ session, stream, headers }, isNew);
  });
}
