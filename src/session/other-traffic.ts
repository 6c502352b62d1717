import type { EventBus } from "../events/bus.ts";
import type { RequestHead } from "../interception/exchange.ts";
import type { UnrecordedTraffic } from "../interception/unrecorded/unrecorded-traffic.ts";
import { BYPASSED, type Bypassed, describeBypassed } from "./bypassed.ts";
import { type BypassReason, bypassReason, headOf, withoutQuery } from "./request-filter.ts";
import { warnOnce } from "./scope.ts";
import type { SessionMessages } from "./session-messages.ts";
import type { SessionSettings } from "./session-settings.ts";
import { describeUnrecorded, unrecordedError } from "./unrecorded.ts";

/** What to tell a test at its end. */
export interface TrafficReport {
  readonly errors: readonly Error[];
  readonly warnings: readonly string[];
}

interface Bypassing extends Bypassed {
  count: number;
  /** Whether a server of this machine did not accept it. */
  isRefused: boolean;
}

interface Passing {
  /** With a URL that may be printed. */
  readonly first: UnrecordedTraffic;
  times: number;
}

/** What a test sends past its cassette: let through by a rule, or in a way that nothing records. */
export class OtherTraffic {
  readonly #settings: SessionSettings;
  readonly #recording: boolean;
  readonly #bus: EventBus;
  readonly #bypassed = new Map<string, Bypassing>();
  readonly #unrecorded = new Map<string, Passing>();

  constructor(settings: SessionSettings, recording: boolean, bus: EventBus) {
    this.#settings = settings;
    this.#recording = recording;
    this.#bus = bus;
  }

  get bypassed(): readonly Bypassed[] {
    return [...this.#bypassed.values()].map((each) => this.#shown(each));
  }

  /** Counts a request that the session does not take. Returns a function to call if its connection fails. */
  letThrough(head: RequestHead): ((error: unknown) => void) | undefined {
    const reason = bypassReason(head, this.#settings.options);
    return reason && this.#bypass(head.url, reason);
  }

  noteUnrecorded(traffic: UnrecordedTraffic): void {
    const { redactor, options } = this.#settings;
    const reason = bypassReason(headOf(traffic.url), { include: [], ignore: options.ignore });
    if (reason !== undefined) {
      this.#bypass(traffic.url, reason);
      return;
    }
    // To record, the client has to look up names.
    if (traffic.way === "dns" && this.#recording) return;
    const url = redactor.redactText(withoutQuery(traffic.url));
    const first = { ...traffic, url };
    if (traffic.way === "process") {
      warnOnce(describeUnrecorded(first), url);
      return;
    }
    const passing = this.#unrecorded.get(url) ?? { first, times: 0 };
    this.#unrecorded.set(url, passing);
    passing.times++;
  }

  /**
   * @param failed whether the test failed
   * @param requests how many requests the cassette has taken
   */
  report(messages: SessionMessages, failed: boolean, requests: number): TrafficReport {
    const unrecorded = [...this.#unrecorded.values()];
    const warnings = unrecorded.map(({ first }) => describeUnrecorded(first));
    if (this.#recording)
      return { errors: [], warnings: [...warnings, ...(requests === 0 ? this.#nothingRecorded() : [])] };
    const refused = [...this.#bypassed.values()].filter(({ isRefused }) => failed && isRefused);
    const errors = refused.map((each) => messages.refused(this.#shown(each)));
    if (this.#settings.options.mode === "warn") return { errors, warnings };
    const reached = unrecorded.map(({ first, times }) => unrecordedError(first, times));
    return { errors: [...reached, ...errors], warnings: [] };
  }

  /** @returns called if the connection fails */
  #bypass(url: string, reason: BypassReason): (error: unknown) => void {
    const shown = withoutQuery(url);
    this.#bus.emit("bypass", () => ({
      url: this.#settings.redactor.redactText(shown),
      reason: BYPASSED[reason].why,
    }));
    const key = `${reason} ${shown}`;
    const entry = this.#bypassed.get(key) ?? { url: shown, reason, count: 0, isRefused: false };
    this.#bypassed.set(key, entry);
    entry.count++;
    return (error) => {
      if ((error as NodeJS.ErrnoException | undefined)?.code === "ECONNREFUSED") entry.isRefused = true;
    };
  }

  #shown({ url, count, reason }: Bypassed): Bypassed {
    return { url: this.#settings.redactor.redactText(url), count, reason };
  }

  #nothingRecorded(): readonly string[] {
    const lines = this.bypassed.filter(({ url }) => url.startsWith("http")).map(describeBypassed);
    return lines.length === 0 ? [] : [["No request was recorded.", ...lines].join("\n")];
  }
}
