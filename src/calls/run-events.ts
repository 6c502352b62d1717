import { idOf, type RecordedCheckpoint, type StepType, type TapeEntry } from "../cassette/model.ts";
import type { EventBus } from "../events/bus.ts";
import { callOf, callResultOf, hasResult, type LocalWork } from "../events/entry-events.ts";
import { summarizeValue } from "../events/summarize.ts";
import { eventsOfEntry } from "../events/tape-events.ts";
import type { Redactor } from "../redaction/redactor.ts";
import type { Pacer } from "../replay/pacing.ts";
import { eventError } from "./event-value.ts";
import { type AnnouncedTool, currentEventScope } from "./parent-scope.ts";

/** A call or step that runs and has been announced. */
export interface RunningEvent<End extends readonly unknown[] = readonly []> {
  readonly id: string;
  readonly end: (...end: End) => void;
}

/** Sends the events of one run to those who listen. */
export class RunEvents {
  readonly bus: EventBus;
  /** The timeline that they happen on. */
  readonly owner: object;
  readonly #redactor: Redactor;
  #separate: Redactor | undefined;

  constructor(bus: EventBus, owner: object, redactor: Redactor) {
    this.bus = bus;
    this.owner = owner;
    this.#redactor = redactor;
  }

  get isOn(): boolean {
    return this.bus.isOn;
  }

  /**
   * Has the rules of the tape, and numbers its placeholders on its own: the tape must be the same with and without
   * listeners.
   */
  get redactor(): Redactor {
    this.#separate ??= this.#redactor.separate();
    return this.#separate;
  }

  /** The id of the call or step in which the running code is. */
  get parent(): string | undefined {
    return currentEventScope(this.owner)?.eventId;
  }

  /** Announces a call that goes to the function, server or program itself. Returns `undefined` if nobody listens. */
  started(entry: () => LocalWork): RunningEvent<[() => LocalWork | undefined]> | undefined {
    if (!this.isOn) return undefined;
    const first = entry();
    const announced = this.#takeAnnounced(first);
    // The SDK that announced it also says how it ends.
    if (announced !== undefined) return { id: announced.id, end: () => undefined };
    const id = this.#call(() => this.redactor.redactEntry(first));
    return {
      id,
      end: (last) => {
        this.#result(id, () => this.redactor.redactEntry(last() ?? first), false);
      },
    };
  }

  /**
   * Announces a call that is played, with what happened in it.
   *
   * @param inside what is on the tape as having happened in it
   * @param pacer paces its result
   */
  played(recording: LocalWork, inside: readonly TapeEntry[] = [], pacer?: Pacer): void {
    if (!this.isOn) return;
    const announced = this.#takeAnnounced(recording);
    if (announced !== undefined) announced.played = { duration: recording.duration };
    const id = announced?.id ?? this.#call(() => recording);
    const ids = new Map([[idOf(recording), id]]);
    for (const entry of inside) this.#inside(entry, ids, id);
    if (announced !== undefined || !hasResult(recording)) return;
    const end = (): void => this.#result(id, () => recording, true);
    const due = pacer?.until(recording.duration);
    if (due === undefined) end();
    else void due.then(end);
  }

  step(
    name: string,
    kind: StepType,
    startedAt: number,
  ): RunningEvent<[endedAt: number, error?: unknown]> | undefined {
    if (!this.isOn) return undefined;
    const id = this.bus.newId();
    const { parent } = this;
    const clean = (): { readonly name: string; readonly kind: StepType } => ({
      name: this.redactor.redactName(name),
      kind,
    });
    this.bus.emit("step", () => ({ id, parent, ...clean(), phase: "start" }));
    return {
      id,
      end: (endedAt, thrown) => {
        const duration = endedAt - startedAt;
        const error = eventError(thrown, this);
        this.bus.emit("step", () => ({ id, parent, ...clean(), phase: "end", duration, error: error() }));
      },
    };
  }

  /** @param checkpoint without secrets */
  checkpoint({ label, value }: RecordedCheckpoint): void {
    const { parent } = this;
    this.bus.emit("checkpoint", () => ({ parent, label, value: summarizeValue(value) }));
  }

  miss(message: string): void {
    const { parent } = this;
    this.bus.emit("miss", () => ({ parent, message: this.redactor.redactText(message) }));
  }

  log(message: string): void {
    const { parent } = this;
    this.bus.emit("log", () => ({ parent, message: this.redactor.redactText(message) }));
  }

  /** Returns what an SDK has announced the call as, once. */
  #takeAnnounced(entry: LocalWork): AnnouncedTool | undefined {
    const announced = currentEventScope(this.owner)?.announced;
    if (announced === undefined || announced.isTaken) return undefined;
    if (entry.kind !== "call" || entry.name !== announced.name) return undefined;
    announced.isTaken = true;
    return announced;
  }

  #call(entry: () => LocalWork): string {
    const id = this.bus.newId();
    const { parent } = this;
    this.bus.emit("tool_call", () => ({ id, parent, ...callOf(entry()) }));
    return id;
  }

  #result(id: string, entry: () => LocalWork, replayed: boolean): void {
    const { parent } = this;
    this.bus.emit("tool_result", () => ({ id, parent, ...callResultOf(entry(), replayed) }));
  }

  #inside(entry: TapeEntry, ids: Map<string | undefined, string>, outermost: string): void {
    const id = this.bus.newId();
    const own = idOf(entry);
    if (own !== undefined) ids.set(own, id);
    const parent = ids.get(entry.parent) ?? outermost;
    for (const { time: _, type, ...fields } of eventsOfEntry(entry, id, 0)) {
      this.bus.emit(type, () => ({ ...fields, id, parent }) as never);
    }
  }
}
