import type { CassetteEvent } from "../events/event.ts";
import { EVENT_VERSION } from "../events/event.ts";
import { realSetImmediate, timeNow } from "../http/real-clock.ts";
import { parseJson } from "../streams/parse-json.ts";
import type { EventStore } from "./event-store.ts";
import type { StoredLine, Viewer } from "./viewer.ts";

/** A running session of a source. */
interface Running {
  readonly start: Extract<CassetteEvent, { readonly type: "session_start" }> | undefined;
  readonly began: number;
  lastSeq: number;
}

/** One test file of one worker, or this process. */
export interface EventSource {
  /** @param line an event as JSON */
  add(line: string): void;
  /** Ends the sessions that did not end: the process is gone. */
  close(): void;
}

/** Passes the events of all workers on to all viewers, and keeps them for those who connect late. */
export class EventHub {
  readonly viewers = new Set<Viewer>();
  readonly #store: EventStore;
  /** The source that a session id belongs to. */
  readonly #owners = new Map<string, object>();
  #batch: StoredLine[] = [];

  constructor(store: EventStore) {
    this.#store = store;
  }

  source(): EventSource {
    const owner = {};
    const running = new Map<string, Running>();
    return {
      add: (line) => {
        const event = parse(line);
        if (event !== undefined) this.#add(owner, running, event, line);
      },
      close: () => {
        for (const [session, each] of running) this.#end(owner, running, session, each);
        for (const [id, its] of this.#owners) if (its === owner) this.#owners.delete(id);
      },
    };
  }

  /** Sends a viewer what happened before, then what happens. */
  add(viewer: Viewer): void {
    this.#flush();
    this.viewers.add(viewer);
    void viewer.catchUp(this.#store);
  }

  async close(): Promise<void> {
    this.#flush();
    await Promise.all([...this.viewers].map((viewer) => viewer.close()));
  }

  #add(owner: object, running: Map<string, Running>, event: CassetteEvent, given: string): void {
    const { type } = event;
    const session = this.#idFor(owner, event.session);
    const line = session === event.session ? given : JSON.stringify({ ...event, session });
    if (type === "session_end") running.delete(event.session);
    else {
      const known = running.get(event.session);
      if (known !== undefined && type !== "session_start") known.lastSeq = event.seq;
      else {
        const start = type === "session_start" ? event : undefined;
        running.set(event.session, { start, began: event.time, lastSeq: event.seq });
      }
    }
    this.#store.add(session, type, line);
    if (this.viewers.size === 0) return;
    if (this.#batch.push({ session, line }) === 1) realSetImmediate(() => this.#flush());
  }

  /** Two processes may use the same id at the same time: those of emitters are names that people chose. */
  #idFor(owner: object, session: string): string {
    for (let count = 1; ; count++) {
      const id = count === 1 ? session : `${session} [${count}]`;
      const its = this.#owners.get(id);
      if (its === undefined) this.#owners.set(id, owner);
      if (its === undefined || its === owner) return id;
    }
  }

  #end(
    owner: object,
    running: Map<string, Running>,
    session: string,
    { start, began, lastSeq }: Running,
  ): void {
    const time = timeNow();
    const event: CassetteEvent = {
      v: EVENT_VERSION,
      session,
      seq: lastSeq + 1,
      time,
      type: "session_end",
      // A cassette always closes before its process ends, unless that crashed. An emitter may be forgotten.
      failed: start?.cassette !== undefined,
      duration: time - began,
    };
    this.#add(owner, running, event, JSON.stringify(event));
  }

  #flush(): void {
    const batch = this.#batch;
    if (batch.length === 0) return;
    this.#batch = [];
    let everything: string | undefined;
    for (const viewer of this.viewers) {
      if (viewer.getsEverything) {
        everything ??= batch.map(({ line }) => line).join("\n");
        viewer.send(everything);
      } else {
        viewer.send(batch.flatMap(({ session, line }) => (viewer.wants(session) ? [line] : [])).join("\n"));
      }
    }
  }
}

function parse(line: string): CassetteEvent | undefined {
  const event = parseJson(line) as Partial<CassetteEvent> | null | undefined;
  // Another version of this package may send other lines.
  return typeof event?.session === "string" && typeof event.type === "string"
    ? (event as CassetteEvent)
    : undefined;
}
