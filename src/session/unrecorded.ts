import { CassetteError } from "../cassette/errors.ts";
import { atCallSite, callerLine } from "../diagnosis/call-site.ts";
import type { UnrecordedTraffic, Way } from "../interception/unrecorded/unrecorded-traffic.ts";

/** Returns the error for a test that must not reach the network. */
export function unrecordedError(traffic: UnrecordedTraffic, times: number): Error {
  const reached = THREADS.includes(traffic.way) ? "can reach" : "reached";
  const often = reached === "can reach" || times === 1 ? "" : ` ${times} times`;
  const { name, why, next } = aboutTraffic(traffic);
  const message = `Failed to replay ${name}: ${why}, and it ${reached} the network${often}. ${next}`;
  return atCallSite(new CassetteError("CASSETTE_UNRECORDED", message), traffic.site.stack);
}

/** Says that traffic is not recorded, why, and what to do. */
export function describeUnrecorded(traffic: UnrecordedTraffic): string {
  const { name, why, next } = aboutTraffic(traffic);
  const line = callerLine(traffic.site.stack);
  const opened = line === undefined ? "" : `\n  opened at ${line}`;
  return `Not recorded: ${name}, because ${why}. ${next}${opened}`;
}

/** What runs elsewhere: nobody knows what it sends. */
const THREADS: readonly Way[] = ["worker", "process"];

/** Names traffic, and says why it is not recorded, and what to do. */
export function aboutTraffic({ way, url }: Pick<UnrecordedTraffic, "way" | "url">): {
  readonly name: string;
  readonly why: string;
  readonly next: string;
} {
  const set = `set ${letThrough(url)}.`;
  const next = `Replace it in the test, or to let it through, ${set}`;
  switch (way) {
    case "worker":
      return {
        name: "a worker thread",
        why: "cassettes do not record the traffic of worker threads",
        next: `Run its code in the test's own thread, or give it a URL from cassette.urlFor() and ${set}`,
      };
    case "process":
      return {
        name: `the child process "${url.slice("process:".length)}"`,
        why: "cassettes do not record the traffic of child processes",
        next: `Give it a variable such as OPENAI_BASE_URL with a URL from cassette.urlFor(), or if it sends nothing, ${set}`,
      };
    case "session":
      return {
        name: url,
        why: "its HTTP/2 session was opened before the cassette",
        next: `Open the session in the test, or to let it through, ${set}`,
      };
    case "tcp":
    case "tls":
      return { name: url, why: "cassettes only record connections of HTTP clients", next };
    case "udp":
      return { name: url, why: "cassettes do not record UDP", next };
    case "dns":
      return { name: url, why: "cassettes do not record DNS queries", next };
    case "upgrade":
      return { name: url, why: "cassettes do not record WebSockets and other upgraded connections", next };
  }
}

/** The option that lets a URL through. */
export function letThrough(url: string): string {
  return `\`ignore: ["${url}"]\` in useCassette() or in the plugin`;
}
