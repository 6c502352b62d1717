import dns from "node:dns";
import net from "node:net";
import os from "node:os";
import { replaceProperty } from "../patched-place.ts";
import { type CallSite, callSite } from "../sender-site.ts";
import { type ReportUnrecorded, urlOfPeer } from "./unrecorded-traffic.ts";

type Query = (this: unknown, name: unknown, ...rest: unknown[]) => unknown;

/** Reports DNS queries of the code under test. Those of connections are left out: the connection itself is known. */
export function watchDns(report: ReportUnrecorded): () => void {
  const places: readonly object[] = [
    dns,
    dns.promises,
    dns.Resolver.prototype,
    dns.promises.Resolver.prototype,
  ];
  const undo = places.flatMap((place) => queriesOf(place).map((name) => watch(place, name)));

  function watch(place: object, name: string): () => void {
    const original = Reflect.get(place, name) as Query;
    function query(this: unknown, ...args: Parameters<Query>): unknown {
      const [host] = args;
      if (typeof host === "string" && leavesMachine(name, host)) {
        const site = callSite(query);
        if (!isOfConnection(site)) report({ way: "dns", url: urlOfPeer("dns", host), site });
      }
      return original.apply(this, args);
    }
    // `util.promisify` reads a property of the function.
    Object.defineProperties(query, Object.getOwnPropertyDescriptors(original));
    return replaceProperty(place, name, query);
  }

  return () => {
    for (const each of undo.reverse()) each();
  };
}

function queriesOf(place: object): readonly string[] {
  return Object.getOwnPropertyNames(place).filter(
    (name) => /^(?:lookup|reverse|resolve)/.test(name) && typeof Reflect.get(place, name) === "function",
  );
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
