import { defined } from "../cassette/defined.ts";
import { CassetteError } from "../cassette/errors.ts";
import type { CallForm, EntryPlace, RecordedCall } from "../cassette/model.ts";
import type { TapeValue } from "../cassette/tape-value.ts";
import { within } from "../http/real-clock.ts";
import { stableText } from "../matching/stable-text.ts";
import type { CallPolicies } from "../options/options.ts";
import { CassetteDriftError } from "./call-errors.ts";
import { policyOf, type RecordedFunction, versionOf, writtenPart } from "./call-options.ts";
import { CallTap } from "./call-tap.ts";
import { describeCall } from "./describe-call.ts";
import type { EntryKind } from "./entry-kind.ts";
import { EntryQueue, type Found } from "./entry-queue.ts";
import { asHappened } from "./happened.ts";
import { callMiss, type MissedCall } from "./missed.ts";
import { type RunningParent, runInside } from "./parent-scope.ts";
import { failIn, replayCall } from "./replay-call.ts";
import type { Timeline } from "./timeline.ts";

/** How long, in real milliseconds, closing waits for calls that are still running. */
const CLOSE_GRACE = 2000;

/** Plays and records the calls of one session. */
export class Calls implements EntryKind<RecordedCall> {
  readonly #timeline: Timeline;
  readonly #policies: CallPolicies;
  readonly #taps: { readonly name: string; readonly tap: CallTap }[] = [];
  readonly #byName: ReadonlyMap<string, readonly RecordedCall[]>;
  readonly #recorded: EntryQueue<RecordedCall>;
  #redacted: EntryQueue<RecordedCall> | undefined;

  constructor(timeline: Timeline, policies: CallPolicies) {
    this.#timeline = timeline;
    this.#policies = policies;
    const calls = timeline.entries.filter((entry) => entry.kind === "call");
    this.#byName = Map.groupBy(calls, ({ name }) => name);
    this.#recorded = new EntryQueue(timeline, calls, (call) => keyOf(call, stableText(call.input)));
  }

  /** Whether a recorded call has to be made: not if its name is ignored. */
  isJudged({ name }: RecordedCall): boolean {
    return policyOf(this.#policies, name) !== "ignore";
  }

  wasAsked(call: RecordedCall): boolean {
    return this.#recorded.wasAsked(call);
  }

  /** Does what the tape and the options say for one call of a function, and returns what its caller gets. */
  run(called: RecordedFunction, self: unknown, args: readonly unknown[]): unknown {
    const policy = policyOf(this.#policies, called.name);
    if (policy === "ignore") return called.run.apply(self, [...args]);
    if (this.#timeline.isClosed) throw closed(called.name);
    let input: TapeValue | undefined;
    try {
      const { key } = called.options;
      const chosen = key === undefined ? called.inputOf(args) : key(...(args as never[]));
      input = writtenPart(called, chosen, "input");
    } catch (error) {
      this.#timeline.host.errors.add(error as Error);
      // Our own failure to record is no reason to keep the result from the caller.
      if (this.#timeline.host.recordsAll) return called.run.apply(self, [...args]);
      throw error;
    }
    const live = { called, input, self, args };
    this.#timeline.happened.push({ kind: "call", name: called.name, input });
    const { state, recording } = this.#find(live);
    const play = (entry: RecordedCall): unknown => {
      this.#timeline.play(entry);
      return policy === "live" ? this.#compare(live, entry) : this.#play(called, entry);
    };
    const decision = this.#timeline.meet(state, this.#byName.has(called.name));
    switch (decision.kind) {
      case "play":
      case "repeat":
        return play(recording as RecordedCall);
      case "record":
        return this.#record(live);
      case "substitute": {
        const nearest = this.#nearest(called.name);
        this.#timeline.host.errors.warn(callMiss(this.#timeline, live, decision.reason, nearest).message);
        return play(nearest as RecordedCall);
      }
      case "miss": {
        const nearest = this.#nearest(called.name);
        const error = callMiss(this.#timeline, live, decision.reason, nearest);
        this.#timeline.miss("call", error);
        if (policy === "live") return called.run.apply(self, [...args]);
        return failIn(nearest?.form ?? formOf(called), error);
      }
    }
  }

  /** Waits, not for long, until calls that were recorded have returned. */
  async settle(): Promise<void> {
    if (this.#taps.length === 0) return;
    await within(Promise.all(this.#taps.map(({ tap }) => tap.hasItems || tap.settled)), CLOSE_GRACE);
    for (const { name, tap } of this.#taps) {
      if (tap.hasItems) tap.abandon();
      if (!tap.isDone) this.#timeline.host.errors.add(unfinished(name));
      if (tap.problem !== undefined) this.#timeline.host.errors.add(tap.problem);
    }
  }

  /** Returns a recording of the same function: the next one, or the last one if all were played. */
  #nearest(name: string): RecordedCall | undefined {
    return this.#timeline.nextOf(this.#byName.get(name) ?? []);
  }

  #find({ called, input }: LiveCall): Found<RecordedCall> {
    const call = { name: called.name, version: versionOf(called) };
    const text = stableText(input);
    const found = this.#recorded.find(keyOf(call, text));
    if (found.state !== "none" || !this.#byName.has(called.name)) return found;
    // Only secrets may differ: another machine has another key.
    const { redactor } = this.#timeline.host;
    const redacted = (json: string): string => (json === "" ? json : redactor.redactJsonForMatching(json));
    this.#redacted ??= new EntryQueue(this.#timeline, [...this.#byName.values()].flat(), (each) =>
      keyOf(each, redacted(stableText(each.input))),
    );
    return this.#redacted.find(keyOf(call, redacted(text)));
  }

  #play({ name, options }: RecordedFunction, recording: RecordedCall): unknown {
    const { host, events } = this.#timeline;
    const inside = this.#timeline.ancestry.inside(recording);
    this.#timeline.happened.push(...inside.flatMap(asHappened));
    if (events.isOn) events.played(recording, inside, this.#timeline.pacer());
    return replayCall(host.redactor.restoreResult(recording), {
      startPacer: () => this.#timeline.pacer(),
      classes: options.errors ?? [],
      onExhausted: () => {
        const message = `Failed to go on with ${name}: in the recording, its caller stopped reading after ${recording.items?.length ?? 0} items, and now it reads on. Re-record the cassette: ${host.messages.rerecordCommand()}`;
        host.errors.add(new CassetteError("CASSETTE_RECORDING_ENDS", message));
        return new CassetteError("CASSETTE_RECORDING_ENDS", message);
      },
    });
  }

  #record(live: LiveCall): unknown {
    const { called, input, self, args } = live;
    const { tap, running } = this.#tap(called, input);
    this.#timeline.record(tap.startedAt, this.#timeline.parent, {
      get isDone() {
        return tap.isDone;
      },
      get isVoid() {
        return tap.problem !== undefined;
      },
      entry: (place) => entryOf(called, input, tap, place),
      id: running.id,
    });
    return tap.call(self, args);
  }

  /** Runs a call that is on the tape, and compares. */
  #compare({ called, self, args }: LiveCall, recording: RecordedCall): unknown {
    this.#timeline.ancestry.ran(recording);
    const { tap } = this.#tap(called, recording.input, recording);
    void tap.settled.then(() => {
      if (tap.problem !== undefined) return;
      const { redactor } = this.#timeline.host;
      this.#judge(recording, redactor.redactEntry(entryOf(called, recording.input, tap, recording)));
    });
    return tap.call(self, args);
  }

  /** @param recording its recording, if the call is on the tape and runs anyway */
  #tap(
    called: RecordedFunction,
    input: TapeValue | undefined,
    recording?: RecordedCall,
  ): { readonly tap: CallTap; readonly running: RunningParent } {
    const { events, parents } = this.#timeline;
    const entry = (): RecordedCall => entryOf(called, input, tap, NO_PLACE);
    const event = events.isOn ? events.started(() => startOf(called, input)) : undefined;
    const running = parents.running(called.name, recording, event?.id);
    const tap = new CallTap(called, (body) => runInside(running.scope, body));
    if (event !== undefined) void tap.settled.then(() => event.end(entry));
    this.#taps.push({ name: called.name, tap });
    return { tap, running };
  }

  #judge(recorded: RecordedCall, live: RecordedCall): void {
    const [actual, expected] = [live, recorded].map(({ form, output, items, error, end }) =>
      defined({ form, output, items, error, end }),
    ) as [object, object];
    if (stableText(actual) === stableText(expected)) return;
    const { host } = this.#timeline;
    if (host.updates) {
      this.#timeline.revise(recorded, live);
      return;
    }
    const message = `${describeCall(live)} gave something else than when ${host.tape.shownFile} was recorded. If that is intended, record it: ${this.#timeline.recordCommand}`;
    if (host.options.mode === "strict")
      host.errors.add(new CassetteDriftError("CASSETTE_CALL_DRIFT", message, { actual, expected }));
    else host.errors.warn(message);
  }
}

interface LiveCall extends MissedCall {
  readonly self: unknown;
  readonly args: readonly unknown[];
}

const NO_PLACE = { at: 0, parent: undefined };

/** Returns a call as it goes onto the tape, with its secrets. */
function entryOf(
  called: RecordedFunction,
  input: TapeValue | undefined,
  tap: CallTap,
  { at, parent }: EntryPlace,
): RecordedCall {
  const { name, type } = called;
  return { kind: "call", at, parent, name, type, version: versionOf(called), input, ...tap.result };
}

/** Returns what is known of a call that has just started. */
function startOf({ name, type }: RecordedFunction, input: TapeValue | undefined): RecordedCall {
  return { kind: "call", at: 0, name, type, form: "value", end: "complete", input };
}

function keyOf({ name, version = "" }: Pick<RecordedCall, "name" | "version">, input: string): string {
  return `${name}\n${version}\n${input}`;
}

/** How a function that was never recorded gives its result. */
function formOf({ run, type }: RecordedFunction): CallForm {
  switch (run.constructor.name) {
    case "AsyncGeneratorFunction":
      return "async iterable";
    case "GeneratorFunction":
      return "iterable";
    case "AsyncFunction":
      return "promise";
    default:
      return type === "tool" ? "promise" : "value";
  }
}

function closed(name: string): CassetteError {
  return new CassetteError(
    "CASSETTE_CLOSED",
    `Failed to call ${name}: its cassette is closed. Await all work before the test ends.`,
  );
}

function unfinished(name: string): CassetteError {
  return new CassetteError(
    "CASSETTE_CALL_UNFINISHED",
    `Failed to record a call of ${name}: it had not returned when the cassette closed. Await it before the test ends.`,
  );
}
