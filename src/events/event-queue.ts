import { inNextTurn, now, within } from "../http/real-clock.ts";
import type { EventOutput } from "./bus.ts";
import { EVENT_VERSION } from "./event.ts";
import type { PendingEvent } from "./pending-event.ts";

/** Takes the lines of a queue: a connection, or a server in this process. */
export interface EventSink {
  /** Whether it takes nothing at the moment. */
  readonly isFull: boolean;
  /** Whether it never takes anything again. */
  readonly isClosed: boolean;
  /** @param lines whole lines: each is one event as JSON and ends in a line feed */
  write(lines: string): void;
  /** Resolves when everything written so far has left. */
  flushed(): Promise<unknown>;
  /** Calls `listener` whenever it takes lines again, and when it closes. */
  onReady(listener: () => void): void;
}

export interface QueueLimits {
  /** How many events wait. */
  readonly events: number;
  /** How many bytes these hold. */
  readonly bytes: number;
  /** How long events are worked out in one turn of the event loop, in milliseconds. */
  readonly turn: number;
}

const LIMITS: QueueLimits = { events: 10_000, bytes: 8 * 1024 * 1024, turn: 2 };
/** About how many characters are written at a time. */
const FRAME = 64 * 1024;
/** After how many events that were sent the list is shortened. */
const COMPACTED = 1_024;

/**
 * Sends events as lines of JSON, and never makes the code that they are about wait: that code only adds to a list. If the
 * reader is too slow, chunks are dropped first. A session in which events were dropped says so before its end.
 */
export class EventQueue implements EventOutput {
  readonly #sink: EventSink;
  readonly #limits: QueueLimits;
  #events: (PendingEvent | undefined)[] = [];
  /** The position of the first event that waits. */
  #first = 0;
  #bytes = 0;
  readonly #sendSoon = inNextTurn(() => {
    this.#send();
    this.#schedule();
  });
  /** By session: how many events were dropped, and the last of them. */
  readonly #dropped = new Map<string, { count: number; last: PendingEvent }>();

  constructor(sink: EventSink, limits: Partial<QueueLimits> = {}) {
    this.#sink = sink;
    this.#limits = { ...LIMITS, ...limits };
    sink.onReady(() => {
      if (sink.isClosed) this.#clear();
      else this.#schedule();
    });
  }

  /** How many events wait. */
  get length(): number {
    return this.#events.length - this.#first;
  }

  write(event: PendingEvent): void {
    if (this.#sink.isClosed || !this.#hasRoomFor(event)) {
      this.#drop(event);
      return;
    }
    this.#events.push(event);
    this.#bytes += event.held;
    this.#schedule();
  }

  /** Sends what waits. Gives up after `limit` milliseconds. */
  async flush(limit: number): Promise<void> {
    const until = now() + limit;
    do {
      this.#send();
      await within(this.#sink.flushed(), Math.max(0, until - now()));
    } while (this.length > 0 && !this.#sink.isClosed && now() < until);
  }

  #hasRoomFor(event: PendingEvent): boolean {
    const { events, bytes } = this.#limits;
    const isFull = (): boolean => this.length >= events || this.#bytes + event.held > bytes;
    if (!isFull()) return true;
    if (event.type === "chunk") return false;
    this.#dropChunks();
    // That a session starts or ends is kept in any case: there are few of these.
    return !isFull() || event.type === "session_start" || event.type === "session_end";
  }

  #dropChunks(): void {
    const waiting = this.#events.slice(this.#first) as PendingEvent[];
    this.#first = 0;
    this.#events = waiting.filter((event) => {
      if (event.type !== "chunk") return true;
      this.#bytes -= event.held;
      this.#drop(event);
      return false;
    });
  }

  #drop(event: PendingEvent): void {
    event.drop();
    const { session } = event;
    this.#dropped.set(session, { count: (this.#dropped.get(session)?.count ?? 0) + 1, last: event });
  }

  #schedule(): void {
    if (this.length > 0 && !this.#sink.isFull) this.#sendSoon();
  }

  /** Sends as much as one turn allows. */
  #send(): void {
    const until = now() + this.#limits.turn;
    let lines = "";
    while (this.length > 0 && !this.#sink.isFull) {
      const event = this.#events[this.#first] as PendingEvent;
      this.#events[this.#first++] = undefined;
      this.#bytes -= event.held;
      lines += this.#linesOf(event);
      if (lines.length > FRAME) {
        this.#sink.write(lines);
        lines = "";
      }
      if (now() >= until) break;
    }
    if (lines !== "") this.#sink.write(lines);
    if (this.length === 0) this.#clear();
    else if (this.#first > COMPACTED) {
      this.#events.splice(0, this.#first);
      this.#first = 0;
    }
  }

  #clear(): void {
    this.#events = [];
    this.#first = 0;
    this.#bytes = 0;
  }

  #linesOf(event: PendingEvent): string {
    const { session } = event;
    const dropped = event.type === "session_end" ? this.#dropped.get(session) : undefined;
    let lines = "";
    if (dropped !== undefined) {
      this.#dropped.delete(session);
      const { seq, time } = dropped.last;
      lines = line({ v: EVENT_VERSION, session, seq, time, type: "dropped", count: dropped.count });
    }
    try {
      return lines + line(event.read());
    } catch {
      // A value that is no JSON. Whoever watches sees the gap.
      this.#drop(event);
      return lines;
    }
  }
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`;
}
