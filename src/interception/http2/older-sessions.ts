import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from "node:http2";
import { realSetImmediate } from "../../http/real-clock.ts";
import type { Sender } from "../exchange.ts";
import { senderOf } from "../sender-context.ts";
import { noteClientStream } from "../server-senders.ts";
import { watchedSessions } from "./watch-sessions.ts";

export interface OlderSessions {
  /** Whether requests are left alone now. */
  readonly passes: () => boolean;
  /** Follows a session that leads to the hub, and a stream of it. Returns `false` if it leads elsewhere. */
  readonly adopt: (session: ClientHttp2Session, stream: ClientHttp2Stream) => boolean;
  /** Returns whom the running code sends for. */
  readonly sender: () => Sender;
  /** Reports a request that is already under way, if a cassette takes it. */
  readonly reportLost: (headers: IncomingHttpHeaders, below: (...args: never[]) => unknown) => boolean;
  /** Opens a session that leads to the hub, and from there to the server of `session`. */
  readonly lead: (session: ClientHttp2Session, origin: string) => ClientHttp2Session;
}

type Undo = () => void;

const TOO_OLD =
  "Refused an HTTP/2 request, which may have reached its server: its session was opened before the cassette. Open the session in the test.";

/**
 * Leads the requests of sessions from before the cassette to the hub, until the returned function is called. A client
 * that is shared between tests keeps such sessions.
 */
export function leadOlderSessions(tools: OlderSessions): Undo {
  const sessions = watchedSessions();
  const undo: Undo[] = [];
  for (const session of sessions.others) {
    // A client that wrapped its session kept the request method too. It opens another session if this one closes.
    if (Object.hasOwn(session, "request")) session.close();
    else undo.push(redirect(session, tools));
  }
  sessions.onRequest = ({ session, stream, headers }, isNew) => {
    if (tools.adopt(session, stream)) return;
    senderOf(socketOf(session))(() => noteClientStream(stream, tools.sender()));
    if (!isNew || tools.passes()) return;
    if (!tools.reportLost(headers, session.request)) return;
    // The sender has not listened for errors yet.
    realSetImmediate(() => stream.destroy(new Error(TOO_OLD)));
  };
  return () => {
    sessions.onRequest = undefined;
    for (const each of undo) each();
  };
}

function redirect(session: ClientHttp2Session, { passes, lead }: OlderSessions): Undo {
  const original = session.request;
  let led: ClientHttp2Session | undefined;
  const leading = (): ClientHttp2Session => {
    if (led !== undefined && !led.closed && !led.destroyed) return led;
    const created = lead(session, originOf(session));
    created.unref();
    created.on("error", () => undefined);
    session.once("close", () => created.close());
    led = created;
    return created;
  };
  session.request = function request(...args) {
    return passes() ? original.apply(session, args) : leading().request(...args);
  };
  return () => void Reflect.deleteProperty(session, "request");
}

/** Returns the connection of a session; `undefined` if this version of Node keeps it elsewhere. */
export function socketOf(session: ClientHttp2Session): object | undefined {
  return internal(session, "socket") as object | undefined;
}

function originOf(session: ClientHttp2Session): string {
  const protocol = (internal(session, "protocol") ?? (session.encrypted ? "https:" : "http:")) as string;
  const { remoteAddress, remotePort } = session.socket;
  const authority = (internal(session, "authority") ?? `${remoteAddress}:${remotePort}`) as string;
  return `${protocol}//${authority}`;
}

function internal(session: ClientHttp2Session, description: string): unknown {
  const key = Object.getOwnPropertySymbols(session).find((symbol) => symbol.description === description);
  return key && (session as unknown as Record<symbol, unknown>)[key];
}
