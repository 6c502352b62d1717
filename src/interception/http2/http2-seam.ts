import http2, { type ClientHttp2Session } from "node:http2";
import type { Duplex } from "node:stream";
import tls from "node:tls";
import { routeOfClient } from "../client-connections.ts";
import type { InterceptionState } from "../context.ts";
import { replaceProperty } from "../patched-place.ts";
import { callSite } from "../sender-site.ts";
import { reporter } from "../unrecorded/watch-unrecorded.ts";
import { type Connect, connected, negotiated, type SessionOptions } from "./dial.ts";
import { urlOf } from "./header-fields.ts";
import { streamHead } from "./http2-exchange.ts";
import { Link } from "./link.ts";
import { noteNegotiable } from "./negotiable.ts";
import { leadOlderSessions, socketOf } from "./older-sessions.ts";
import { lookSecure } from "./secure-socket.ts";
import type { Dial } from "./upstream.ts";

type ConnectTls = (...args: unknown[]) => tls.TLSSocket;

/** The links of connections that lead to the hub, by the client's end. */
const links = new WeakMap<object, Link>();

/**
 * Leads HTTP/2 clients to the hub. Replaces `http2.connect`, and `tls.connect` for clients that negotiate HTTP/2
 * themselves.
 *
 * @returns a function that removes the seam. A session that leads to the hub stays there.
 */
export function openHttp2Seam(state: InterceptionState): () => void {
  const originalConnect = http2.connect as Connect;
  const originalTls = tls.connect as ConnectTls;
  const report = reporter(state);
  let isOn = true;
  const passes = (): boolean => !isOn || state.own.getStore() !== undefined || !state.router.active();

  function newLink(dial: Dial): Link {
    const link = new Link(state, dial);
    links.set(link.socket, link);
    return link;
  }

  function connect(
    authority: string | URL,
    given?: SessionOptions | (() => void),
    then?: unknown,
  ): ClientHttp2Session {
    const [options, listener] = typeof given === "function" ? [undefined, given] : [given, then];
    if (passes()) return originalConnect(authority, options, listener);
    return lead(authority, options, listener, async (theirs) => {
      const socket = theirs && ((await routeOfClient(theirs)?.connect()) ?? theirs);
      const all = socket ? { ...options, createConnection: () => socket } : options;
      return connected(originalConnect(authority, all));
    });
  }

  /** @param dial - gets the connection that the client made itself, if it did */
  function lead(
    authority: string | URL,
    options: SessionOptions,
    listener: unknown,
    dial: (theirs: Duplex | undefined) => ReturnType<Dial>,
  ): ClientHttp2Session {
    let link: Link | undefined;
    const createConnection = (url: URL, all: SessionOptions & object): Duplex => {
      const theirs = options?.createConnection?.(url, all);
      link = theirs && links.get(theirs);
      if (theirs !== undefined && link !== undefined) return theirs;
      // The client's own connection fails when it is used.
      theirs?.on("error", () => undefined);
      link = newLink(() => dial(theirs));
      if (url.protocol !== "http:") lookSecure(link.socket, url.hostname);
      return link.socket;
    };
    const session = originalConnect(authority, { ...options, createConnection }, listener);
    link?.follow(session);
    return session;
  }

  function connectTls(...args: unknown[]): tls.TLSSocket {
    const options: tls.ConnectionOptions = Object.assign(
      {},
      ...args.filter((each) => typeof each === "object"),
    );
    const place = passes() ? -1 : placeOfHttp2(options);
    if (place === -1) return originalTls.apply(tls, args);
    const withoutListener = args.filter((each) => typeof each !== "function");
    const dial: Dial = () => negotiated(originalTls.apply(tls, withoutListener), originalConnect);
    // The sockets catch it, and choose the protocol that the client prefers.
    if (place > 0) return noteNegotiable(originalTls.apply(tls, args), dial);
    const { socket } = newLink(dial);
    const host = options.servername ?? options.host ?? args.find((each) => typeof each === "string");
    const listener = args.find((each) => typeof each === "function");
    if (listener !== undefined) socket.once("secureConnect", listener as () => void);
    return lookSecure(socket, host as string | undefined) as tls.TLSSocket;
  }

  const freeOlderSessions = leadOlderSessions({
    passes,
    // The client kept a `connect` from before it was replaced.
    adopt(session, stream) {
      const link = links.get(socketOf(session) ?? session);
      link?.follow(session);
      link?.note(stream);
      return link !== undefined;
    },
    sender: () => state.router.sender(),
    reportLost(headers, below) {
      const url = urlOf(headers);
      if (url === undefined) return false;
      const head = streamHead(headers[":method"] ?? "GET", url, []);
      if (state.router.route(head) === undefined) return false;
      report({ way: "session", url, site: callSite(below) });
      return true;
    },
    lead: (session, origin) => lead(origin, undefined, undefined, async () => ({ kind: "http2", session })),
  });
  const undo = [
    replaceProperty(http2, "connect", connect),
    replaceProperty(tls, "connect", connectTls),
    freeOlderSessions,
  ];
  return () => {
    isOn = false;
    for (const each of undo.reverse()) each();
  };
}

/** Returns the rank of HTTP/2 among the protocols that a client offers, from 0; -1 if it does not offer it. */
function placeOfHttp2({ ALPNProtocols: protocols }: tls.ConnectionOptions): number {
  return Array.isArray(protocols) ? protocols.indexOf("h2") : -1;
}
