import { Buffer } from "node:buffer";
import type { RecordedProcess } from "../cassette/model.ts";
import { isOutput, type ProcessPart } from "../cassette/process-part.ts";
import type { TapeValue } from "../cassette/tape-value.ts";
import { stableText } from "../matching/stable-text.ts";
import type { InputIds } from "./input-ids.ts";
import { recut } from "./recut.ts";

/** Input of this run that differs from the recording. Either is `undefined` if there is none. */
export interface Difference {
  readonly live: string | undefined;
  readonly recorded: string | undefined;
}

/** What a recorded process does next. */
export type Step =
  | {
      readonly kind: "output";
      readonly to: "stdout" | "stderr";
      readonly bytes: Uint8Array;
      readonly time?: number | undefined;
    }
  | { readonly kind: "message"; readonly value: TapeValue; readonly time?: number | undefined }
  /** Nothing, before it is given something. */
  | { readonly kind: "wait" }
  | { readonly kind: "exit"; readonly exit: number | string };

export interface DialogueTools {
  /** Returns the same for equal input. */
  readonly keyOf: (text: string) => string;
  readonly ids: InputIds;
  /** Returns the bytes of an output as the code under test gets them. */
  readonly restore: (chunks: readonly Uint8Array[]) => readonly Uint8Array[];
  /** Judges a difference. Returns whether it counts as equal. */
  readonly accept: (difference: Difference) => boolean;
}

/**
 * A recorded process, as it is played: it gives an output after it was given what was recorded before it. Knows nothing of
 * streams and times.
 */
export class Dialogue {
  readonly recording: RecordedProcess;
  /** The first input that differs. Nothing is played from then on. */
  difference: Difference | undefined;
  /** How much of the recorded input has come. */
  progress = 0;
  /** When the last input came in the recording, in milliseconds since the process was started. */
  inputTime = 0;
  readonly #tools: DialogueTools;
  /** The first part that is not done. */
  #at = 0;
  /** Chunks of an output that are left. */
  #chunks: Uint8Array[] | undefined;
  /** Lines of the recorded input that are left. */
  #lines: string[] | undefined;
  /** Live input that is not used yet. Each character is a byte. */
  #given = "";
  readonly #sent: TapeValue[] = [];
  readonly #ended = new Set<"stdin" | "ipc">();
  #killed: string | undefined;

  constructor(recording: RecordedProcess, tools: DialogueTools) {
    this.recording = recording;
    this.#tools = tools;
  }

  given(bytes: Uint8Array): void {
    this.#given += Buffer.from(bytes).toString("latin1");
    this.#advance();
  }

  sent(message: TapeValue): void {
    this.#sent.push(message);
    this.#advance();
  }

  ended(of: "stdin" | "ipc"): void {
    this.#ended.add(of);
    this.#advance();
  }

  /** Goes on behind the next signal of the recording; ends if there is none. */
  killed(signal: string): void {
    const { io } = this.recording;
    const next = io.findIndex((part, index) => index >= this.#at && part.kind === "kill");
    if (next !== -1) {
      this.#enter(next);
      this.#done(io[next] as ProcessPart);
      this.#given = "";
    } else if (!HARMLESS.has(signal)) this.#killed = signal;
    this.#advance();
  }

  /** Returns what comes next. {@link take} goes on behind it. */
  next(): Step {
    if (this.#killed !== undefined) return { kind: "exit", exit: this.#killed };
    const part = this.#part;
    if (part === undefined) return this.#end();
    if (part.kind === "receive")
      return { kind: "message", value: this.#tools.ids.translate(part.value), time: part.time };
    if (!isOutput(part)) return { kind: "wait" };
    const { ids, restore } = this.#tools;
    this.#chunks ??= recut(restore(part.chunks), ids.isEmpty ? undefined : (line) => ids.translateLine(line));
    const [bytes] = this.#chunks;
    if (bytes === undefined) {
      this.#done(part);
      return this.next();
    }
    const index = part.chunks.length - this.#chunks.length;
    return { kind: "output", to: part.kind, bytes, time: part.times?.[index] };
  }

  /** Goes on behind an output. */
  take(): void {
    const part = this.#part;
    if (part === undefined) return;
    this.#chunks?.shift();
    if (part.kind === "receive" || this.#chunks?.length === 0) this.#done(part);
    this.#advance();
  }

  /** What it waits for, in words; `undefined` if it does not wait for something recorded. */
  get awaited(): string | undefined {
    const part = this.#part;
    if (part === undefined || this.#killed !== undefined) return undefined;
    return awaitedIn(part, this.#lines?.[0]);
  }

  get #part(): ProcessPart | undefined {
    return this.recording.io[this.#at];
  }

  /** What a process does that has nothing left. One that ran until the end of the recording exits if it has to. */
  #end(): Step {
    const { exit } = this.recording;
    if (exit !== undefined) return { kind: "exit", exit };
    return this.#ended.size > 0 ? { kind: "exit", exit: 0 } : { kind: "wait" };
  }

  #enter(index: number): void {
    this.#at = index;
    this.#chunks = undefined;
    this.#lines = undefined;
  }

  #done(part: ProcessPart): void {
    if (!isOutput(part) && part.kind !== "receive") {
      this.progress++;
      this.inputTime = part.time ?? 0;
    }
    this.#enter(this.#at + 1);
  }

  /** Uses what was given for all inputs that the recording has next. */
  #advance(): void {
    while (this.difference === undefined) {
      const part = this.#part;
      if (part === undefined) {
        if (this.recording.exit === undefined) this.#refuseMore();
        return;
      }
      if (!this.#isOver(part)) return;
      this.#done(part);
    }
  }

  #isOver(part: ProcessPart): boolean {
    switch (part.kind) {
      case "stdout":
      case "stderr":
      case "receive":
        return false;
      case "stdin":
        return this.#takeLines(part.bytes);
      case "send": {
        const message = this.#sent.shift();
        if (message === undefined) return false;
        const live = JSON.stringify(message);
        const recorded = JSON.stringify(part.value);
        const { keyOf, ids } = this.#tools;
        if (live !== recorded && keyOf(live) !== keyOf(recorded)) return this.#differ(live, recorded);
        ids.learn(part.value, message);
        return true;
      }
      case "end":
        if (part.of === "stdin") this.#refuseMore();
        return this.#ended.has(part.of) && this.difference === undefined;
      case "kill":
        this.#refuseMore();
        return false;
    }
  }

  /** Uses live lines for those of one recorded input. Returns whether all of them have come. */
  #takeLines(bytes: Uint8Array): boolean {
    this.#lines ??= linesOf(asBytes(bytes));
    const lines = this.#lines;
    while (lines.length > 0) {
      const recorded = lines[0] as string;
      const live = this.#nextLine(recorded);
      if (live === undefined) return false;
      const found = isJson(live)
        ? lines.findIndex((line) => this.#isEqual(live, line))
        : this.#isEqual(live, recorded)
          ? 0
          : -1;
      if (found === -1 && !this.#differ(shown(live), shown(recorded))) return false;
      const [line = ""] = lines.splice(Math.max(found, 0), 1);
      this.#given = this.#given.slice(live.length);
      this.#tools.ids.learnLine(asText(line), asText(live));
      this.progress++;
    }
    return true;
  }

  /** The part of the live input to compare with a recorded line; `undefined` if more has to come. */
  #nextLine(recorded: string): string | undefined {
    const given = this.#given;
    if (given.startsWith(recorded)) return recorded;
    const feed = given.indexOf("\n");
    if (feed !== -1) return given.slice(0, feed + 1);
    const mayBeAll = this.#ended.has("stdin") || (!recorded.endsWith("\n") && this.#isEqual(given, recorded));
    return mayBeAll ? given : undefined;
  }

  /** A line that the recording does not have is a difference. */
  #refuseMore(): void {
    while (this.difference === undefined) {
      const [line = ""] = linesOf(this.#given);
      if (line === "" || !(line.endsWith("\n") || this.#ended.has("stdin"))) return;
      if (this.#differ(shown(line), undefined)) this.#given = this.#given.slice(line.length);
    }
  }

  #isEqual(live: string, recorded: string): boolean {
    const { keyOf } = this.#tools;
    return live === recorded || keyOf(asText(live).trimEnd()) === keyOf(asText(recorded).trimEnd());
  }

  /** Returns whether the difference does not count. */
  #differ(live: string | undefined, recorded: string | undefined): boolean {
    const difference = { live, recorded };
    if (this.#tools.accept(difference)) return true;
    this.difference = difference;
    return false;
  }
}

function awaitedIn(part: ProcessPart, line: string | undefined): string | undefined {
  switch (part.kind) {
    case "stdout":
    case "stderr":
    case "receive":
      return undefined;
    case "stdin":
      return `the line ${shown(line ?? linesOf(asBytes(part.bytes))[0] ?? "")}`;
    case "send":
      return `the message ${stableText(part.value)}`;
    case "end":
      return part.of === "stdin" ? "the end of its input" : "a disconnect";
    case "kill":
      return `the signal ${part.signal}`;
  }
}

/** Signals that end no process. */
const HARMLESS = new Set(["SIGCHLD", "SIGCONT", "SIGSTOP", "SIGTSTP", "SIGURG", "SIGWINCH"]);

function asBytes(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

function asText(bytes: string): string {
  return Buffer.from(bytes, "latin1").toString();
}

function shown(bytes: string): string | undefined {
  return bytes === "" ? undefined : asText(bytes).trimEnd();
}

function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+/g) ?? [];
}

function isJson(line: string): boolean {
  return /^\s*\{/.test(line);
}
