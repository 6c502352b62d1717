import { Buffer, isUtf8 } from "node:buffer";
import type { EntryPlace, RecordedProcess } from "../cassette/model.ts";
import type { ProcessPart } from "../cassette/process-part.ts";
import type { TapeValue } from "../cassette/tape-value.ts";
import { now } from "../http/real-clock.ts";
import type { ObservedProcess } from "../interception/processes/observe-process.ts";
import type { SyncResult } from "../interception/processes/sync-calls.ts";
import type { ComparedProcess } from "./compared-process.ts";
import type { PortablePaths } from "./portable-paths.ts";

export interface ProcessTapSettings {
  /** How many bytes to keep. */
  readonly maxBytes: number;
  /** Copies a message of IPC into the form of a tape. */
  readonly toValue: (message: unknown) => TapeValue;
  readonly onInput: (bytes: Uint8Array) => void;
  /** Called if something cannot be recorded. */
  readonly onProblem: (error: Error) => void;
}

/** Bytes of one stream, until another one comes. */
interface Stretch {
  readonly kind: "stdin" | "stdout" | "stderr";
  readonly chunks: Uint8Array[];
  readonly times: number[];
}

type Noted = Stretch | Exclude<ProcessPart, { readonly kind: Stretch["kind"] }>;

/** Notes what one process is given and gives. */
export class ProcessTap implements ObservedProcess {
  readonly startedAt = now();
  /** Whether it gave or was given more than is kept. */
  overflow = false;
  /** Whether there is nothing to write: Node refused its options. */
  isVoid = false;
  readonly settled: Promise<void>;
  readonly #settings: ProcessTapSettings;
  readonly #noted: Noted[] = [];
  #bytes = 0;
  #exit: number | string | undefined;
  #error: string | undefined;
  #duration: number | undefined;
  #isEnding = false;
  #isOver = false;
  #resolve: () => void = () => undefined;

  constructor(settings: ProcessTapSettings) {
    this.#settings = settings;
    this.settled = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  /** Whether everything that it gives has come. */
  get isDone(): boolean {
    return this.#isOver;
  }

  /** Whether it is about to exit, or has. */
  get isEnding(): boolean {
    return this.#isEnding && !this.#isOver;
  }

  get result(): Pick<RecordedProcess, "io" | "exit" | "error" | "duration"> {
    return {
      io: this.#noted.map(partOf),
      exit: this.#exit,
      error: this.#error,
      duration: this.#duration ?? now() - this.startedAt,
    };
  }

  /** Ends the recording of a process that is still running. */
  abandon(): void {
    this.#end();
  }

  wrote(kind: "stdout" | "stderr", bytes: Uint8Array): void {
    this.#note(kind, bytes);
  }

  given(bytes: Uint8Array): void {
    this.#settings.onInput(bytes);
    this.#note("stdin", bytes);
  }

  sent(message: unknown): void {
    this.#message("send", message);
  }

  got(message: unknown): void {
    this.#message("receive", message);
  }

  ended(of: "stdin" | "ipc"): void {
    if (this.#exit !== undefined) return;
    this.#isEnding = true;
    this.#add({ kind: "end", of, time: this.#time });
  }

  killed(signal: string): void {
    if (this.#exit !== undefined) return;
    this.#isEnding = true;
    this.#add({ kind: "kill", signal, time: this.#time });
  }

  exited(exit: number | string): void {
    if (this.#isOver) return;
    this.#exit = exit;
    this.#isEnding = true;
    this.#duration = this.#time;
  }

  closed(): void {
    this.#end();
  }

  failed(code: string | undefined): void {
    this.#error = code;
    this.isVoid = code === undefined;
    this.#end();
  }

  sentHandle(): void {
    this.#settings.onProblem(
      new Error(
        "it was sent a socket or a server, which a cassette cannot store. Do not record this process.",
      ),
    );
  }

  /** Notes what a process gave that somebody waited for. */
  gaveAll(input: Uint8Array | undefined, { stdout, stderr, exit, error }: SyncResult): void {
    if (input !== undefined) {
      this.given(input);
      this.ended("stdin");
    }
    this.#note("stdout", stdout);
    this.#note("stderr", stderr);
    this.#exit = exit;
    this.#error = error;
    this.#end();
  }

  get #time(): number {
    return now() - this.startedAt;
  }

  #message(kind: "send" | "receive", message: unknown): void {
    try {
      this.#add({ kind, value: this.#settings.toValue(message), time: this.#time });
    } catch (error) {
      this.#settings.onProblem(error as Error);
    }
  }

  #note(kind: Stretch["kind"], bytes: Uint8Array): void {
    if (this.#isOver || bytes.length === 0) return;
    const room = this.#settings.maxBytes - this.#bytes;
    if (bytes.length > room) this.overflow = true;
    if (room <= 0) return;
    const kept = bytes.subarray(0, room);
    this.#bytes += kept.length;
    const last = this.#noted.at(-1);
    const stretch = last?.kind === kind ? last : { kind, chunks: [], times: [] };
    if (stretch !== last) this.#noted.push(stretch);
    stretch.chunks.push(kept);
    stretch.times.push(this.#time);
  }

  #add(part: Exclude<Noted, Stretch>): void {
    if (!this.#isOver) this.#noted.push(part);
  }

  #end(): void {
    this.#duration ??= this.#time;
    this.#isOver = true;
    this.#resolve();
  }
}

function partOf(noted: Noted): ProcessPart {
  if (!("chunks" in noted)) return noted;
  const { kind, chunks, times } = noted;
  if (kind === "stdin") return { kind, bytes: Buffer.concat(chunks), time: times.at(-1) };
  return { kind, chunks, times };
}

/** The entry of a process. Paths in what it was given are the same on every machine, like those in its arguments. */
export function recordedProcess(
  place: EntryPlace,
  process: ComparedProcess,
  result: Pick<RecordedProcess, "io" | "exit" | "error" | "duration">,
  paths: PortablePaths,
): RecordedProcess {
  return {
    kind: "process",
    ...place,
    ...process,
    ...result,
    io: result.io.map((part) => portable(part, paths)),
  };
}

function portable(part: ProcessPart, paths: PortablePaths): ProcessPart {
  if (part.kind === "send") {
    return { ...part, value: JSON.parse(paths.text(JSON.stringify(part.value))) as TapeValue };
  }
  if (part.kind !== "stdin" || !isUtf8(part.bytes)) return part;
  const text = Buffer.from(part.bytes).toString();
  const short = paths.text(text);
  return short === text ? part : { ...part, bytes: Buffer.from(short) };
}
