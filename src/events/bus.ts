import { CassetteError } from "../cassette/errors.ts";
import { asError } from "../cassette/is-error.ts";
import { isThenable } from "../cassette/is-thenable.ts";
import { timeNow } from "../http/real-clock.ts";
import type { CassetteEvent, EventFields, EventOfType } from "./event.ts";
import { type EventMemory, type PendingEvent, pendingEvent } from "./pending-event.ts";

/** The type of an event, or `*` for all. */
export type EventName = CassetteEvent["type"] | "*";

/** An event with a type; any event for `*`. */
export type EventOf<Name extends EventName> = Name extends "*"
  ? CassetteEvent
  : EventOfType<Exclude<Name, "*">>;

export type EventListener<Name extends EventName> = (event: EventOf<Name>) => unknown;

/** Takes the events of all sessions of a process. */
export interface EventOutput {
  /** Must return at once and never throw: the code under test waits. */
  write(event: PendingEvent): void;
  /** Whether it reads events of this type. @defaultValue all of them */
  takes?(type: CassetteEvent["type"]): boolean;
}

/** How many events a session has sent, and how many of them were dropped because a reader was too slow. */
export interface EventCounts {
  readonly sent: number;
  readonly dropped: number;
}

type AnyListener = (event: CassetteEvent) => unknown;

/** Sends the events of one session to listeners and outputs. Costs next to nothing without them. */
export class EventBus {
  readonly session: string;
  readonly #outputs: ReadonlySet<EventOutput>;
  /** The outputs of this session alone. */
  readonly #own: EventOutput[] = [];
  readonly #listeners = new Map<EventName, Set<AnyListener>>();
  readonly #failures: CassetteError[] = [];
  /** How many listeners have not returned yet, by the events that they listen to. */
  readonly #waiting = new Map<EventName, number>();
  readonly #startedAt = timeNow();
  readonly #describeStart: () => EventFields<"session_start">;
  readonly #whileHeard: () => () => void;
  #start: PendingEvent | undefined;
  #isOver = false;
  #unheard: (() => void) | undefined;
  #seq = 0;
  #lastId = 0;
  #dropped = 0;

  /**
   * @param describeStart returns the first event of the session
   * @param whileHeard called for the first listener; the function that it returns is called after the last one left
   */
  constructor(
    session: string,
    outputs: ReadonlySet<EventOutput>,
    describeStart: () => EventFields<"session_start">,
    whileHeard: () => () => void = () => () => undefined,
  ) {
    this.session = session;
    this.#outputs = outputs;
    this.#describeStart = describeStart;
    this.#whileHeard = whileHeard;
  }

  /** Starts the session now if there is a listener; else with the first one. */
  start(): void {
    if (this.#start !== undefined || !this.isOn) return;
    this.#audienceChanged();
    this.#start = this.#pending("session_start", this.#describeStart, undefined, this.#startedAt);
    this.#send(this.#start);
  }

  /** Ends the session: it sends no more events. */
  end(failed: boolean): void {
    if (this.#start !== undefined) {
      const duration = timeNow() - this.#startedAt;
      this.emit("session_end", () => ({ failed, duration }));
    }
    this.#isOver = true;
    this.#listeners.clear();
    this.#audienceChanged();
  }

  /** Whether there are listeners or outputs. */
  get isOn(): boolean {
    if (this.#isOver) return false;
    return this.#outputs.size > 0 || this.#listeners.size > 0 || this.#own.length > 0;
  }

  /** Whether a listener or an output reads events of this type. */
  reads(type: CassetteEvent["type"]): boolean {
    if (!this.isOn) return false;
    if (this.#listeners.has(type) || this.#listeners.has("*")) return true;
    for (const output of this.#outputs) if (takes(output, type)) return true;
    return this.#own.some((output) => takes(output, type));
  }

  /** Also sends the events of this session to `output`. Call it before the session starts. */
  attach(output: EventOutput): void {
    this.#own.push(output);
  }

  get counts(): EventCounts {
    return { sent: this.#seq, dropped: this.#dropped };
  }

  /** Returns an id that no other call or step of this session has. */
  newId(): string {
    return `${++this.#lastId}`;
  }

  /**
   * Sends an event to all listeners and outputs.
   *
   * @param read returns the event, without secrets. It is called later, or not at all.
   * @param memory that `read` needs
   */
  emit<Type extends CassetteEvent["type"]>(
    type: Type,
    read: () => EventFields<Type>,
    memory?: EventMemory,
  ): void {
    if (!this.isOn) return;
    this.start();
    this.#send(this.#pending(type, read, memory));
  }

  /**
   * Calls `listener` for each event of a type from now on, at once when it happens. One that listens to the start of the
   * session gets it now.
   *
   * @returns a function that stops it
   */
  on<Name extends EventName>(name: Name, listener: EventListener<Name>): () => void {
    const any = listener as AnyListener;
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(any));
    this.#audienceChanged();
    if (this.#start === undefined) this.start();
    else if (name === "*" || name === "session_start") this.#notify(name, any, this.#start);
    return () => {
      listeners.delete(any);
      if (listeners.size === 0) this.#listeners.delete(name);
      this.#audienceChanged();
    };
  }

  #audienceChanged(): void {
    if (this.isOn) this.#unheard ??= this.#whileHeard();
    else {
      this.#unheard?.();
      this.#unheard = undefined;
    }
  }

  /** Errors of listeners, and warnings about those that are still running. */
  get problems(): { readonly errors: readonly CassetteError[]; readonly warnings: readonly string[] } {
    const warnings = [...this.#waiting].map(
      ([name, count]) =>
        `${count} ${count === 1 ? "call" : "calls"} of a listener to "${name}" events did not end before the cassette closed. Cassettes do not wait for listeners: await their work in the test.`,
    );
    return { errors: this.#failures, warnings };
  }

  #pending<Type extends CassetteEvent["type"]>(
    type: Type,
    read: () => EventFields<Type>,
    memory: EventMemory | undefined,
    time = timeNow(),
  ): PendingEvent {
    return pendingEvent({ type, session: this.session, seq: ++this.#seq, time }, read, memory, this.#onDrop);
  }

  readonly #onDrop = (): void => {
    this.#dropped++;
  };

  #send(event: PendingEvent): void {
    this.#call(event.type, event);
    this.#call("*", event);
    for (const output of this.#outputs) if (takes(output, event.type)) output.write(event);
    for (const output of this.#own) if (takes(output, event.type)) output.write(event);
  }

  #call(name: EventName, event: PendingEvent): void {
    const listeners = this.#listeners.get(name);
    if (listeners === undefined) return;
    for (const listener of [...listeners]) this.#notify(name, listener, event);
  }

  #notify(name: EventName, listener: AnyListener, event: PendingEvent): void {
    try {
      const returned = listener(event.read());
      if (!isThenable(returned)) return;
      this.#wait(name, 1);
      returned.then(
        () => this.#wait(name, -1),
        (error: unknown) => {
          this.#wait(name, -1);
          this.#failed(name, error);
        },
      );
    } catch (error) {
      this.#failed(name, error);
    }
  }

  #wait(name: EventName, change: 1 | -1): void {
    const count = (this.#waiting.get(name) ?? 0) + change;
    if (count === 0) this.#waiting.delete(name);
    else this.#waiting.set(name, count);
  }

  #failed(name: EventName, thrown: unknown): void {
    const cause = asError(thrown);
    const message = `A listener to "${name}" events failed: ${cause.message}`;
    // One that fails for each chunk is one problem.
    if (this.#failures.some((known) => known.message === message)) return;
    this.#failures.push(new CassetteError("CASSETTE_LISTENER", message, { cause }));
  }
}

function takes(output: EventOutput, type: CassetteEvent["type"]): boolean {
  return output.takes?.(type) ?? true;
}
