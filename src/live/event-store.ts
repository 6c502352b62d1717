import type { CassetteEvent } from "../events/event.ts";

/** Bytes in memory, about. */
export interface StoreLimits {
  /** How much one session keeps. */
  readonly session: number;
  /** How much all sessions keep together. */
  readonly total: number;
}

const LIMITS: StoreLimits = { session: 2 * 1024 * 1024, total: 64 * 1024 * 1024 };
/** Up to which share of a limit is removed once it is exceeded, so that it is not removed one by one. */
const KEPT = 0.75;

/** The memory of an event in addition to its text, about. */
const OVERHEAD = 64;

function sizeOf(line: string): number {
  return line.length + OVERHEAD;
}

interface StoredEvent {
  readonly type: CassetteEvent["type"];
  readonly line: string;
}

interface StoredSession {
  events: StoredEvent[];
  size: number;
  hasEnded: boolean;
}

/** Keeps the events of sessions for pages that connect late. Past its limits, it drops the oldest chunks, then the oldest sessions. */
export class EventStore {
  readonly #limits: StoreLimits;
  /** The one that started first is the first. */
  readonly #sessions = new Map<string, StoredSession>();
  #size = 0;

  constructor(limits: Partial<StoreLimits> = {}) {
    this.#limits = { ...LIMITS, ...limits };
  }

  /** About how many bytes all of them need. */
  get size(): number {
    return this.#size;
  }

  /** The ids of all sessions. One that is added while they are listed is listed too. */
  get sessions(): Iterable<string> {
    return this.#sessions.keys();
  }

  linesOf(id: string): readonly string[] {
    return this.#sessions.get(id)?.events.map(({ line }) => line) ?? [];
  }

  /** Adds an event. A session that starts replaces an earlier one of the same id. */
  add(id: string, type: CassetteEvent["type"], line: string): void {
    if (type === "session_start") this.#delete(id);
    let session = this.#sessions.get(id);
    if (session === undefined) {
      session = { events: [], size: 0, hasEnded: false };
      this.#sessions.set(id, session);
    }
    session.events.push({ type, line });
    session.size += sizeOf(line);
    this.#size += sizeOf(line);
    if (type === "session_end") session.hasEnded = true;
    if (session.size > this.#limits.session) this.#shorten(session);
    if (this.#size > this.#limits.total) this.#shrink();
  }

  #shorten(session: StoredSession): void {
    const most = this.#limits.session * KEPT;
    this.#remove(session, most, ({ type }) => type === "chunk");
    this.#remove(session, most, ({ type }) => type !== "session_start");
  }

  #shrink(): void {
    const most = this.#limits.total * KEPT;
    for (const [id, { hasEnded }] of this.#sessions) {
      if (this.#size <= most) return;
      if (hasEnded) this.#delete(id);
    }
    for (const session of this.#sessions.values()) {
      if (this.#size <= most) return;
      this.#remove(session, 0, ({ type }) => type === "chunk");
    }
    for (const id of this.#sessions.keys()) {
      if (this.#size <= most) return;
      this.#delete(id);
    }
  }

  /** Removes the oldest events of a kind until the session has at most `most` characters. */
  #remove(session: StoredSession, most: number, isOfKind: (event: StoredEvent) => boolean): void {
    session.events = session.events.filter((event) => {
      if (session.size <= most || !isOfKind(event)) return true;
      session.size -= sizeOf(event.line);
      this.#size -= sizeOf(event.line);
      return false;
    });
  }

  #delete(id: string): void {
    this.#size -= this.#sessions.get(id)?.size ?? 0;
    this.#sessions.delete(id);
  }
}
