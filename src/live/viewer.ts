import type { WebSocket } from "ws";
import { within } from "../http/real-clock.ts";
import type { EventStore } from "./event-store.ts";

/** How many bytes wait for a viewer that does not read, before it is dropped. */
const MAX_WAITING = 8 * 1024 * 1024;
/** How long one part of what happened before may take to send, in milliseconds. */
const SLOWEST = 10_000;
const FRAME = 512 * 1024;

/** An event on its way to the viewers. */
export interface StoredLine {
  readonly session: string;
  readonly line: string;
}

/** One connected page. It first gets what happened before. Nothing ever waits for it. */
export class Viewer {
  readonly #socket: WebSocket;
  readonly #session: string | undefined;
  /** The sessions that it has caught up with; `undefined` if it has with all. */
  #caughtUp: Set<string> | undefined = new Set();

  /** @param session sends only the sessions whose id contains this */
  constructor(socket: WebSocket, session: string | undefined) {
    this.#socket = socket;
    this.#session = session;
  }

  /** Whether it gets the same events as all viewers like it. */
  get getsEverything(): boolean {
    return this.#session === undefined && this.#caughtUp === undefined;
  }

  wants(session: string): boolean {
    if (this.#session !== undefined && !session.includes(this.#session)) return false;
    return this.#caughtUp?.has(session) ?? true;
  }

  /** @param text lines without the last line feed */
  send(text: string): void {
    if (text === "") return;
    if (this.#socket.bufferedAmount > MAX_WAITING) this.#socket.terminate();
    else this.#socket.send(text, () => undefined);
  }

  /** Sends what happened before, as fast as the viewer reads it. */
  async catchUp(store: EventStore): Promise<void> {
    const caughtUp = new Set<string>();
    this.#caughtUp = caughtUp;
    let lines: string[] = [];
    let size = 0;
    for (const session of store.sessions) {
      if (this.#session !== undefined && !session.includes(this.#session)) continue;
      // From here on, its events are sent when they happen. They must not overtake these.
      if (caughtUp.has(session)) continue;
      const its = store.linesOf(session);
      lines.push(...its);
      size += its.reduce((sum, { length }) => sum + length, 0);
      caughtUp.add(session);
      if (size < FRAME) continue;
      if (!(await this.#sendAll(lines))) return;
      [lines, size] = [[], 0];
    }
    this.#caughtUp = undefined;
    this.send(lines.join("\n"));
  }

  async close(): Promise<void> {
    const socket = this.#socket;
    if (socket.readyState === socket.CLOSED) return;
    const closed = new Promise((done) => socket.once("close", done));
    socket.close(1001, "The run has ended.");
    await within(closed, 300);
    socket.terminate();
  }

  /** Returns `false` if the viewer is gone, or reads so slowly that it was dropped. */
  async #sendAll(lines: readonly string[]): Promise<boolean> {
    const socket = this.#socket;
    const sent = new Promise<boolean>((done) => {
      socket.send(lines.join("\n"), (error) => done(error === undefined || error === null));
    });
    if ((await within(sent, SLOWEST)) === true) return true;
    socket.terminate();
    return false;
  }
}
