import { isThenable } from "../cassette/is-thenable.ts";
import type { RecordedStep, StepType } from "../cassette/model.ts";
import { now } from "../http/real-clock.ts";
import type { EntryKind } from "./entry-kind.ts";
import { EntryQueue } from "./entry-queue.ts";
import { reportMissed } from "./missed.ts";
import { currentParent, type RunningParent, runInside } from "./parent-scope.ts";
import type { Timeline } from "./timeline.ts";

/** Options of `cassette.step`. */
export interface StepOptions {
  /** What the step is. @defaultValue `'step'` */
  readonly kind?: StepType | undefined;
}

/** Records the steps of one session, and compares them with the tape. They always run. */
export class Steps implements EntryKind<RecordedStep> {
  readonly #timeline: Timeline;
  readonly #recorded: EntryQueue<RecordedStep>;

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
    const steps = timeline.entries.filter((entry) => entry.kind === "step");
    // A step is the same one if it has the same name, in a call or step of the same name.
    this.#recorded = new EntryQueue(timeline, steps, (step) => {
      const parent = timeline.ancestry.parentOf(step);
      return keyOf(step.name, parent && "name" in parent ? parent.name : undefined);
    });
  }

  run<T>(name: string, body: () => T, { kind = "step" }: StepOptions = {}): T {
    this.#timeline.happened.push({ kind: "step", name });
    const { state, recording } = this.#recorded.find(keyOf(name, currentParent(this.#timeline)?.name));
    const decision = this.#timeline.meet(state, false);
    if (decision.kind === "play") this.#timeline.play(recording as RecordedStep);
    if (decision.kind === "miss") reportMissed(this.#timeline, "step", name, decision.reason);
    const startedAt = now();
    const event = this.#timeline.events.step(name, kind, startedAt);
    const running = this.#timeline.parents.running(
      name,
      decision.kind === "play" ? recording : undefined,
      event?.id,
    );
    const recorded = decision.kind === "record" ? this.#record(name, kind, startedAt, running) : undefined;
    if (recorded === undefined && event === undefined) return runInside(running.scope, body);
    return whenEnded(
      () => runInside(running.scope, body),
      (error) => {
        const endedAt = now();
        recorded?.(endedAt);
        event?.end(endedAt, error);
      },
    );
  }

  wasAsked(step: RecordedStep): boolean {
    return this.#recorded.wasAsked(step);
  }

  /** Returns a function that ends the recording. */
  #record(
    name: string,
    type: StepType,
    startedAt: number,
    running: RunningParent,
  ): (endedAt: number) => void {
    let duration: number | undefined;
    this.#timeline.record<RecordedStep>(startedAt, this.#timeline.parent, {
      get isDone() {
        return duration !== undefined;
      },
      entry: (place) => ({ kind: "step", ...place, name, type, duration }),
      id: running.id,
    });
    return (endedAt) => {
      duration = endedAt - startedAt;
    };
  }
}

/** Runs `body`, and calls `end` when it has returned and what it returned has settled, with what it failed with. */
function whenEnded<T>(body: () => T, end: (error?: unknown) => void): T {
  let result: T;
  try {
    result = body();
  } catch (error) {
    end(error);
    throw error;
  }
  if (isThenable(result)) {
    result.then(
      () => end(),
      (error: unknown) => end(error),
    );
  } else end();
  return result;
}

function keyOf(name: string, parent: string | undefined): string {
  return `${parent ?? ""}\n${name}`;
}
