import "./message-event.ts";
import { watchSessions } from "./http2/watch-sessions.ts";
import { followUndiciConnections } from "./idle-connections.ts";
import { watchCopies } from "./interceptor-copies.ts";

/**
 * Watches from now on what a cassette has to know when it opens: connections, and other packages that catch traffic.
 * Patches nothing. Every test file pays for this module, so it loads little.
 */
export function watchTraffic(): void {
  watchCopies();
  followUndiciConnections();
  watchSessions();
}
