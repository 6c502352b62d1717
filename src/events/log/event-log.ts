import { appendFileSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { process } from "../../cassette/node-process.ts";
import { inNextTurn } from "../../http/real-clock.ts";
import type { EventOutput } from "../bus.ts";
import type { PendingEvent } from "../pending-event.ts";
import { logLine } from "./log-line.ts";

/** How many events may wait to be written. Chunks beyond that are left out. */
const MAX_WAITING = 10_000;

/** Writes each event as a line, to a file or to stderr, after the code that it is about has had its turn. */
export class EventLog implements EventOutput {
  readonly #write: (text: string) => void;
  readonly #flushSoon = inNextTurn(() => this.flush());
  #waiting: PendingEvent[] = [];

  /** @param file absolute path; `undefined` for stderr */
  constructor(file: string | undefined) {
    this.#write = file === undefined ? (text) => void process.stderr.write(text) : appendTo(file);
    process.once("exit", () => this.flush());
  }

  write(event: PendingEvent): void {
    if (event.type === "chunk" && this.#waiting.length >= MAX_WAITING) {
      event.drop();
      return;
    }
    this.#waiting.push(event);
    // A worker may end right after the last event of a test.
    if (event.type === "session_end") this.flush();
    else this.#flushSoon();
  }

  /** Writes everything that waits. */
  flush(): void {
    const events = this.#waiting;
    if (events.length === 0) return;
    this.#waiting = [];
    this.#write(events.map((event) => `${logLine(event.read())}\n`).join(""));
  }
}

/** A file that cannot be written is reported once, and costs the test nothing else. */
function appendTo(file: string): (text: string) => void {
  let isBroken = false;
  let isReady = false;
  return (text) => {
    if (isBroken) return;
    try {
      if (!isReady) mkdirSync(dirname(file), { recursive: true });
      isReady = true;
      appendFileSync(file, text);
    } catch (error) {
      isBroken = true;
      console.warn(`[vitest-cassette] Failed to write the log ${file}: ${String(error)}`);
    }
  };
}
