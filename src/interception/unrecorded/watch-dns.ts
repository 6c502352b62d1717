import dns from "node:dns";
import net from "node:net";
import os from "node:os";
import { replaceProperty } from "../patched-place.ts";
import { type CallSite, callSite } from "../sender-site.ts";
import { type ReportUnrecorded, urlOfPeer } from "./unrecorded-traffic.ts";

type Query = (this: unknown, name: unknown, ...rest: unknown[]) => unknown;

/** A function that sends a query, with one that reports first. */
interface Watched {
  readonly place: object;
  readonly name: string;
  readonly original: Query;
  readonly watched: Query;
}

/** Node's own functions. Kept when this module loads, before a test can replace one with a mock that sends nothing. */
const queries: readonly Watched[] = [
  dns,
  dns.promises,
  dns.Resolver.prototype,
  dns.promises.Resolver.prototype,
].flatMap(watchedIn);

let current: ReportUnrecorded | undefined;

/** Reports DNS queries of the code under test. Those of connections are left out: the connection itself is known. */
export function watchDns(report: ReportUnrecorded): () => void {
  current = report;
  const undo = queries.flatMap(({ place, name, original, watched }) =>
    Reflect.get(place, name) === original ? [replaceProperty(place, name, watched)] : [],
  );
  return () => {
    current = undefined;
    for (const each of undo) each();
  };
}

function watchedIn(place: object): readonly Watched[] {
  return Object.getOwnPropertyNames(place)
    .filter((name) => /^(?:lookup|reverse|resolve)/.test(name))
    .flatMap((name) => {
      const original: unknown = Reflect.get(place, name);
      if (typeof original !== "function") return [];
      return [{ place, name, original: original as Query, watched: watched(name, original as Query) }];
    });
}

function watched(name: string, original: Query): Query {
  function query(this: unknown, ...args: Parameters<Query>): unknown {
    const [host] = args;
    if (current !== undefined && typeof host === "string" && leavesMachine(name, host)) {
      const site = callSite(query);
      if (!isOfConnection(site)) current({ way: "dns", url: urlOfPeer("dns", host), site });
    }
    return original.apply(this, args);
  }
  // `util.promisify` reads a property of the function.
  return Object.defineProperties(query, Object.getOwnPropertyDescriptors(original));
}

/** Looking up an address takes no query. */
function leavesMachine(name: string, host: string): boolean {
  if (name === "lookup" && net.isIP(host) !== 0) return false;
  return !["", "localhost", os.hostname()].includes(host);
}

/** Whether `net` or `dgram` looks up the host of a connection. */
function isOfConnection({ stack }: CallSite): boolean {
  const [caller = ""] = stack?.split("\n").filter((line) => /^\s+at /.test(line)) ?? [];
  return /node:(?:net|dgram|internal\/)/.test(caller);
}
