import type { EventBus } from "../events/bus.ts";
import type { RequestHead } from "../interception/exchange.ts";
import type { UnrecordedTraffic } from "../interception/unrecorded/unrecorded-traffic.ts";
import { BYPASSED, type Bypassed, BypassedTraffic, describeBypassed } from "./bypassed.ts";
import { type BypassReason, bypassReason, headOf, withoutQuery } from "./request-filter.ts";
import { warnOnce } from "./scope.ts";
import type { SessionMessages } from "./session-messages.ts";
import type { SessionSettings } from "./session-settings.ts";
import { describeUnrecorded, Unrecorded } from "./unrecorded.ts";

/** What to tell a test at its end. */
export interface TrafficReport {
  readonly errors: readonly Error[];
  readonly warnings: readonly string[];
}

/** What a test sends past its cassette: let through by a rule, or in a way that nothing records. */
export class OtherTraffic {
  readonly #settings: SessionSettings;
  readonly #recording: boolean;
  readonly #bypassed: BypassedTraffic;
  readonly #unrecorded = new Unrecorded();
  readonly #bus: EventBus;

  constructor(settings: SessionSettings, recording: boolean, bus: EventBus) {
    this.#bus = bus;
    this.#settings = settings;
    this.#recording = recording;
    this.#bypassed = new BypassedTraffic((url) => settings.redactor.redactText(url));
  }

  get bypassed(): readonly Bypassed[] {
    return this.#bypassed.list;
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
    const shown = { ...traffic, url: redactor.redactText(withoutQuery(traffic.url)) };
    if (traffic.way === "process") warnOnce(describeUnrecorded(shown), shown.url);
    else this.#unrecorded.add(shown);
  }

  /**
   * @param failed whether the test failed
   * @param requests how many requests the cassette has taken
   */
  report(messages: SessionMessages, failed: boolean, requests: number): TrafficReport {
    if (this.#recording) {
      const warnings = [...this.#unrecorded.warnings(), ...(requests === 0 ? this.#nothingRecorded() : [])];
      return { errors: [], warnings };
    }
    const errors = failed ? this.#bypassed.refused.map((each) => messages.refused(each)) : [];
    if (this.#settings.options.mode === "warn") return { errors, warnings: this.#unrecorded.warnings() };
    return { errors: [...this.#unrecorded.errors(), ...errors], warnings: [] };
  }

  #bypass(url: string, reason: BypassReason): (error: unknown) => void {
    this.#bus.emit("bypass", () => {
      const shown = this.#settings.redactor.redactText(withoutQuery(url));
      return { url: shown, reason: BYPASSED[reason].why };
    });
    return this.#bypassed.add(url, reason);
  }

  #nothingRecorded(): readonly string[] {
    const lines = this.bypassed.filter(({ url }) => url.startsWith("http")).map(describeBypassed);
    return lines.length === 0 ? [] : [["No request was recorded.", ...lines].join("\n")];
  }
}
