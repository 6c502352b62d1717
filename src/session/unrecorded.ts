import { CassetteError } from "../cassette/errors.ts";
import { atCallSite, callerLine } from "../diagnosis/call-site.ts";
import type { UnrecordedTraffic, Way } from "../interception/unrecorded/unrecorded-traffic.ts";

interface Entry {
  readonly first: UnrecordedTraffic;
  times: number;
}

/** Collects what left the process during a test without being recorded, with URLs that may be printed. */
export class Unrecorded {
  readonly #entries = new Map<string, Entry>();

  add(traffic: UnrecordedTraffic): void {
    const entry = this.#entries.get(traffic.url) ?? { first: traffic, times: 0 };
    this.#entries.set(traffic.url, entry);
    entry.times++;
  }

  /** Returns the errors for a test that must not reach the network. */
  errors(): readonly Error[] {
    return [...this.#entries.values()].map(({ first, times }) => {
      const { way, url } = first;
      const message = `Failed to replay ${nameOf(first)}: ${WHY[way]}, and ${reached(way, times)}. ${nextStep(way, url)}`;
      return atCallSite(new CassetteError("CASSETTE_UNRECORDED", message), first.site.stack);
    });
  }

  /** Returns the warnings for a test that may reach the network. */
  warnings(): readonly string[] {
    return [...this.#entries.values()].map(({ first }) => describeUnrecorded(first));
  }
}

/** Says that traffic is not recorded, why, and what to do. */
export function describeUnrecorded(traffic: UnrecordedTraffic): string {
  const { way, url, site } = traffic;
  const line = callerLine(site.stack);
  const opened = line === undefined ? "" : `\n  opened at ${line}`;
  return `Not recorded: ${nameOf(traffic)}, because ${WHY[way]}. ${nextStep(way, url)}${opened}`;
}

export function nameOf({ way, url }: UnrecordedTraffic): string {
  switch (way) {
    case "worker":
      return "a worker thread";
    case "process":
      return `the child process "${url.slice("process:".length)}"`;
    case "tcp":
    case "tls":
    case "udp":
    case "dns":
    case "upgrade":
    case "session":
      return url;
  }
}

const WHY: Readonly<Record<Way, string>> = {
  tcp: "cassettes only record connections of HTTP clients",
  tls: "cassettes only record connections of HTTP clients",
  udp: "cassettes do not record UDP",
  dns: "cassettes do not record DNS queries",
  upgrade: "cassettes do not record WebSockets and other upgraded connections",
  session: "its HTTP/2 session was opened before the cassette",
  worker: "cassettes do not record what a worker thread sends",
  process: "cassettes do not record what a child process sends",
};

function reached(way: Way, times: number): string {
  switch (way) {
    case "worker":
    case "process":
      return "it can reach the network";
    case "tcp":
    case "tls":
    case "udp":
    case "dns":
    case "upgrade":
    case "session":
      return times === 1 ? "it reached the network" : `it reached the network ${times} times`;
  }
}

/** The option that lets a URL through. */
export function letThrough(url: string): string {
  return `\`ignore: ["${url}"]\` in useCassette() or in the plugin`;
}

function nextStep(way: Way, url: string): string {
  const ignore = letThrough(url);
  switch (way) {
    case "worker":
      return `Run its code in the test's own thread, or give it a URL from cassette.urlFor() and set ${ignore}.`;
    case "process":
      return `Give it a variable such as OPENAI_BASE_URL with a URL from cassette.urlFor(), or if it sends nothing, set ${ignore}.`;
    case "session":
      return `Open the session in the test, or to let it through, set ${ignore}.`;
    case "tcp":
    case "tls":
    case "udp":
    case "dns":
    case "upgrade":
      return `Replace it in the test, or to let it through, set ${ignore}.`;
  }
}
