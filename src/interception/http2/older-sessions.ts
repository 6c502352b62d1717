import { subscribe } from "node:diagnostics_channel";
import type { ClientHttp2Session, ClientHttp2Stream } from "node:http2";
import { replaceProperty, type Undo } from "../patched-place.ts";
import { workerWide } from "../worker-wide.ts";
import { isFollowed } from "./client-requests.ts";

export interface OlderSessions {
  /** Whether requests are left alone now. */
  readonly passes: () => boolean;
  /** Returns a session that leads to the hub, and from there to the server of `session`. */
  readonly lead: (session: ClientHttp2Session, origin: string) => ClientHttp2Session;
}

type Request = ClientHttp2Session["request"];

/** The class of sessions. Node does not export it, so it is known only from the first session on. */
interface SessionClass {
  prototype: object | undefined;
  following: boolean;
  onKnown: (() => void) | undefined;
}

function sessionClass(): SessionClass {
  return workerWide("http2", () => ({ prototype: undefined, following: false, onKnown: undefined }));
}

/** Learns the class of sessions from a session. */
export function learnSessionClass(session: ClientHttp2Session): void {
  const state = sessionClass();
  if (state.prototype !== undefined) return;
  state.prototype = Object.getPrototypeOf(session) as object;
  state.onKnown?.();
}

/** Learns the class of sessions from the first request of this worker. Patches nothing. */
export function watchSessions(): void {
  const state = sessionClass();
  if (state.following) return;
  state.following = true;
  subscribe("http2.client.stream.created", (message) => {
    const { stream } = message as { readonly stream: ClientHttp2Stream };
    const { session } = stream;
    if (session === undefined || state.prototype !== undefined) return;
    const isLate = state.onKnown !== undefined && !isFollowed(session as ClientHttp2Session);
    learnSessionClass(session as ClientHttp2Session);
    if (isLate) stream.destroy(new Error(TOO_OLD));
  });
}

const TOO_OLD =
  "Failed to record or play an HTTP/2 request: its session was opened before the cassette, by code that the plugin did not see. Open the session in the test, or send the request again.";

/**
 * Catches the requests of sessions that were opened before a cassette: by a client that is shared between tests, or
 * through a `connect` that code kept from before it was replaced.
 */
export function catchOlderSessions({ passes, lead }: OlderSessions): Undo {
  const state = sessionClass();
  const led = new WeakMap<ClientHttp2Session, ClientHttp2Session>();
  let undo: Undo | undefined;

  function patch(): void {
    if (state.prototype === undefined) return;
    const original = Reflect.get(state.prototype, "request") as Request;
    undo = replaceProperty(
      state.prototype,
      "request",
      function request(this: ClientHttp2Session, ...args: Parameters<Request>) {
        const direct = isFollowed(this) || passes();
        return direct ? original.apply(this, args) : leading(this).request(...args);
      },
    );
  }

  function leading(session: ClientHttp2Session): ClientHttp2Session {
    const known = led.get(session);
    if (known !== undefined && !known.closed && !known.destroyed) return known;
    const created = lead(session, originOf(session));
    led.set(session, created);
    if (created !== session) {
      created.unref();
      created.on("error", () => undefined);
      session.once("close", () => created.close());
    }
    return created;
  }

  state.onKnown = patch;
  patch();
  return () => {
    state.onKnown = undefined;
    undo?.();
  };
}

/** Returns the connection of a session; `undefined` if this version of Node keeps it elsewhere. */
export function socketOf(session: ClientHttp2Session): object | undefined {
  return internal(session, "socket") as object | undefined;
}

function originOf(session: ClientHttp2Session): string {
  const protocol = (internal(session, "protocol") ?? (session.encrypted ? "https:" : "http:")) as string;
  const { servername, remoteAddress, remotePort } = session.socket as {
    servername?: string;
  } & typeof session.socket;
  const authority = (internal(session, "authority") ??
    `${servername ?? remoteAddress}:${remotePort}`) as string;
  return `${protocol}//${authority}`;
}

function internal(session: ClientHttp2Session, description: string): unknown {
  const key = Object.getOwnPropertySymbols(session).find((symbol) => symbol.description === description);
  return key && (session as unknown as Record<symbol, unknown>)[key];
}
