import { isThenable } from "../cassette/is-thenable.ts";
import type { RecordedStep, StepType } from "../cassette/model.ts";
import { now } from "../http/real-clock.ts";
import type { EntryKind } from "./entry-kind.ts";
import { EntryQueue } from "./entry-queue.ts";
import { reportMissed } from "./missed.ts";
import { currentParent, runInside } from "./parent-scope.ts";
import type { Timeline } from "./timeline.ts";

/** Options of `cassette.step`. */
export interface StepOptions {
  /** What the step is. @defaultValue `'step'` */
  readonly kind?: StepType | undefined;
}

/** Records the steps of one session, and compares them with the tape. They always run. */
export class Steps implements EntryKind<RecordedStep> {
  readonly #timeline: Timeline;
  #queue: EntryQueue<RecordedStep> | undefined;

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  run<T>(name: string, body: () => T, { kind = "step" }: StepOptions = {}): T {
    this.#timeline.happened.push({ kind: "step", name });
    const { state, recording } = this.#steps.find(keyOf(name, currentParent(this.#timeline)?.name));
    const decision = this.#timeline.meet(state, false);
    switch (decision.kind) {
      case "record":
        return this.#record(name, body, kind);
      case "play":
        this.#timeline.play(recording as RecordedStep);
        return runInside(this.#timeline.parents.running(name, recording).scope, body);
      case "repeat":
      case "substitute":
        return runInside(this.#timeline.parents.running(name).scope, body);
      case "miss":
        reportMissed(this.#timeline, "step", name, decision.reason);
        return runInside(this.#timeline.parents.running(name).scope, body);
    }
  }

  isJudged(): boolean {
    return true;
  }

  wasAsked(step: RecordedStep): boolean {
    return this.#steps.wasAsked(step);
  }

  stop(): void {}

  async settle(): Promise<void> {}

  /** A step is the same one if it has the same name, in a call or step of the same name. */
  get #steps(): EntryQueue<RecordedStep> {
    const { entries, ancestry } = this.#timeline;
    this.#queue ??= new EntryQueue(
      this.#timeline,
      entries.filter((entry) => entry.kind === "step"),
      (step) => {
        const parent = ancestry.parentOf(step);
        return keyOf(step.name, parent && "name" in parent ? parent.name : undefined);
      },
    );
    return this.#queue;
  }

  #record<T>(name: string, body: () => T, type: StepType): T {
    const { parent } = this.#timeline;
    const running = this.#timeline.parents.running(name);
    const startedAt = now();
    let duration: number | undefined;
    const end = (): void => {
      duration ??= now() - startedAt;
    };
    const at = this.#timeline.start(startedAt, {
      get isDone() {
        return duration !== undefined;
      },
      entry: () => {
        const id = running.id();
        return this.#timeline.host.redactor.redactEntry({
          kind: "step",
          at,
          ...(parent === undefined ? {} : { parent }),
          name,
          ...(id === undefined ? {} : { id }),
          type,
          duration: duration ?? now() - startedAt,
        });
      },
    });
    let result: T;
    try {
      result = runInside(running.scope, body);
    } catch (error) {
      end();
      throw error;
    }
    if (isThenable(result)) result.then(end, end);
    else end();
    return result;
  }
}

function keyOf(name: string, parent: string | undefined): string {
  return `${parent ?? ""}\n${name}`;
}
