import { count } from "../cassette/count.ts";
import { type BypassReason, withoutQuery } from "./request-filter.ts";

/** Traffic that a cassette let through, by a rule. */
export interface Bypassed {
  /** Without query and secrets: `http://127.0.0.1:4710/api/chat`, `tcp://127.0.0.1:5432`. */
  readonly url: string;
  /** How many requests or connections. */
  readonly count: number;
  readonly reason: BypassReason;
}

interface Entry extends Bypassed {
  count: number;
  isRefused: boolean;
}

/** Counts what a cassette lets through. */
export class BypassedTraffic {
  readonly #entries = new Map<string, Entry>();
  readonly #redact: (url: string) => string;

  constructor(redact: (url: string) => string) {
    this.#redact = redact;
  }

  get list(): readonly Bypassed[] {
    return [...this.#entries.values()].map((entry) => this.#shown(entry));
  }

  /** What a server of this machine did not accept. */
  get refused(): readonly Bypassed[] {
    return [...this.#entries.values()].filter((entry) => entry.isRefused).map((entry) => this.#shown(entry));
  }

  /** @returns called if the connection fails */
  add(url: string, reason: BypassReason): (error: unknown) => void {
    const shown = withoutQuery(url);
    const key = `${reason} ${shown}`;
    const entry = this.#entries.get(key) ?? { url: shown, reason, count: 0, isRefused: false };
    this.#entries.set(key, entry);
    entry.count++;
    return (error) => {
      if ((error as NodeJS.ErrnoException | undefined)?.code === "ECONNREFUSED") entry.isRefused = true;
    };
  }

  #shown({ url, count, reason }: Entry): Bypassed {
    return { url: this.#redact(url), count, reason };
  }
}

/** Says that traffic was not recorded, why, and what records it. */
export function describeBypassed({ url, count: times, reason }: Bypassed): string {
  const isHttp = url.startsWith("http");
  const what = `${count(times, isHttp ? "request" : "connection")} to ${url} ${times === 1 ? "was" : "were"} not recorded`;
  const { why, howToRecord } = BYPASSED[reason];
  return `${what}: ${why}${isHttp ? `. ${howToRecord}` : ""}`;
}

/** Why traffic was let through, and what records it. */
export const BYPASSED: Readonly<
  Record<BypassReason, { readonly why: string; readonly howToRecord: string }>
> = {
  loopback: { why: "unrecognized loopback traffic", howToRecord: "Name it in `include`." },
  ignored: { why: "`ignore` names it", howToRecord: "Remove it from `ignore`." },
  telemetry: { why: "an exporter of OpenTelemetry sent it", howToRecord: "Name it in `include`." },
};
