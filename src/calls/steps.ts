import { isThenable } from "../cassette/is-thenable.ts";
import type { RecordedStep, StepType } from "../cassette/model.ts";
import { now } from "../http/real-clock.ts";
import { CassetteRecordingRefusedError } from "../options/environment.ts";
import { CassetteCallMissError } from "./call-errors.ts";
import { EntryQueue } from "./entry-queue.ts";
import { currentParent, runInside } from "./parent-scope.ts";
import type { Timeline } from "./timeline.ts";

/** Options of `cassette.step`. */
export interface StepOptions {
  /** What the step is. @defaultValue `'step'` */
  readonly kind?: StepType | undefined;
}

/** Records the steps of one session, and compares them with the tape. They always run. */
export class Steps {
  readonly #timeline: Timeline;
  #queue: EntryQueue<RecordedStep> | undefined;
  missed = 0;

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  run<T>(name: string, body: () => T, { kind = "step" }: StepOptions = {}): T {
    this.#timeline.happened.push({ kind: "step", name });
    if (this.#timeline.isLive) return this.#record(name, body, kind);
    this.#queue ??= this.#steps();
    const key = keyOf(name, currentParent(this.#timeline)?.name);
    const next = this.#queue.next(key);
    const state = next !== undefined ? "next" : this.#queue.all(key).length > 0 ? "used-up" : "none";
    const decision = this.#timeline.host.decide(state, false);
    switch (decision.kind) {
      case "record":
        return this.#record(name, body, kind);
      case "refuse":
        throw new CassetteRecordingRefusedError();
      case "play":
      case "repeat":
      case "substitute":
        if (next !== undefined) this.#timeline.play(next);
        return runInside(this.#timeline.running(name, next).scope, body);
      case "miss": {
        const { host } = this.#timeline;
        this.missed++;
        const often = state === "used-up" ? `not so often` : "not";
        const message = `The step "${name}" is ${often} in ${host.shownFile}. If it is intended, re-record it: ${host.recordCommand()}`;
        if (host.mode === "strict") host.addError(new CassetteCallMissError(message, decision.reason));
        else host.warn(message);
        return runInside(this.#timeline.running(name).scope, body);
      }
    }
  }

  /** A step is the same one if it has the same name, in a call or step of the same name. */
  #steps(): EntryQueue<RecordedStep> {
    const { entries, ancestry } = this.#timeline;
    const steps = entries.filter((entry) => entry.kind === "step");
    return new EntryQueue(this.#timeline, steps, (step) => {
      const parent = ancestry.parentOf(step);
      return keyOf(step.name, parent && "name" in parent ? parent.name : undefined);
    });
  }

  #record<T>(name: string, body: () => T, type: StepType): T {
    const { parent } = this.#timeline;
    const running = this.#timeline.running(name);
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
