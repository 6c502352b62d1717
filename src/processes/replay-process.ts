import { Buffer } from "node:buffer";
import type { TapeValue } from "../cassette/tape-value.ts";
import { turn } from "../http/real-clock.ts";
import type { LiveProcess } from "../interception/processes/live-process.ts";
import type { ProcessInputs } from "../interception/processes/process-inputs.ts";
import type { StandIn } from "../interception/processes/stand-in.ts";
import type { Pacing } from "../options/options.ts";
import { CancellableDelay } from "../replay/cancellable-delay.ts";
import { createPacer, type Pacer } from "../replay/pacing.ts";
import type { Choice } from "./choice.ts";
import type { Dialogue, Step } from "./dialogue.ts";

export interface ReplayProcessTools {
  readonly pacing: Pacing;
  /** Copies a message of IPC into the form of a tape, and back. */
  readonly toValue: (message: unknown) => TapeValue;
  readonly fromValue: (value: TapeValue) => unknown;
  /** Called for input that differs from the recording. Returns what the process says before it exits. */
  readonly onDifference: (dialogue: Dialogue) => string;
  /** Called with what the code under test gives the process. */
  readonly onInput: (bytes: Uint8Array) => void;
  readonly onProblem: (error: Error) => void;
}

/** Plays one process: gives the code under test what the recorded one gave, once it has got what that one got. */
export class ReplayProcess implements ProcessInputs {
  readonly #choice: Choice;
  readonly #tools: ReplayProcessTools;
  readonly #delay = new CancellableDelay();
  readonly #killed = Promise.withResolvers<void>();
  #wake: () => void = () => undefined;
  #hasExited = false;

  constructor(choice: Choice, tools: ReplayProcessTools) {
    this.#choice = choice;
    this.#tools = tools;
  }

  /** The recorded process that waits for more input; `undefined` if it does not. */
  get waiting(): Dialogue | undefined {
    const { dialogue } = this.#choice;
    return this.#hasExited || dialogue?.awaited === undefined ? undefined : dialogue;
  }

  /** Returns what `ChildProcess.prototype.spawn` returns. */
  start(live: LiveProcess): unknown {
    const standIn = live.play(this);
    this.#run(standIn).catch((error: unknown) => this.#tools.onProblem(error as Error));
    return standIn.result;
  }

  /** Ends all waiting for recorded times. */
  stop(): void {
    this.#delay.cancel();
  }

  given(bytes: Uint8Array): void {
    this.#tools.onInput(bytes);
    this.#feed((dialogue) => dialogue.given(bytes));
  }

  sent(message: unknown): void {
    const value = this.#tools.toValue(message);
    this.#feed((dialogue) => dialogue.sent(value));
  }

  ended(of: "stdin" | "ipc"): void {
    this.#feed((dialogue) => dialogue.ended(of));
  }

  killed(signal: string): void {
    this.#delay.cancel();
    this.#killed.resolve();
    this.#choice.chooseNow();
    this.#feed((dialogue) => dialogue.killed(signal));
  }

  #feed(input: (dialogue: Dialogue) => void): void {
    if (this.#hasExited) return;
    this.#choice.feed(input);
    this.#wake();
  }

  async #run(standIn: StandIn): Promise<void> {
    let pacer: Pacer | undefined;
    let progress = 0;
    await turn();
    while (!this.#hasExited) {
      const { dialogue } = this.#choice;
      const step = dialogue?.difference === undefined ? dialogue?.next() : undefined;
      if (dialogue?.difference !== undefined) {
        standIn.write("stderr", Buffer.from(`${this.#tools.onDifference(dialogue)}\n`));
        await turn();
        this.#exit(standIn, 1);
      } else if (dialogue === undefined || step === undefined || step.kind === "wait") {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      } else {
        if (pacer === undefined || progress !== dialogue.progress) {
          progress = dialogue.progress;
          pacer = createPacer(this.#tools.pacing, this.#delay);
        }
        const time = step.kind === "exit" ? dialogue.recording.duration : step.time;
        const pause = pacer.until(time === undefined ? undefined : time - dialogue.inputTime);
        // Input may change what comes next.
        if (pause === undefined) await this.#give(step, dialogue, standIn);
        else await pause;
      }
    }
  }

  async #give(step: Exclude<Step, { kind: "wait" }>, dialogue: Dialogue, standIn: StandIn): Promise<void> {
    switch (step.kind) {
      case "output": {
        const room = standIn.write(step.to, step.bytes);
        dialogue.take();
        if (room !== undefined) await Promise.race([room, this.#killed.promise]);
        break;
      }
      case "message":
        standIn.message(this.#tools.fromValue(step.value));
        dialogue.take();
        break;
      case "exit":
        this.#exit(standIn, step.exit);
        return;
    }
    await turn();
  }

  #exit(standIn: StandIn, exit: number | string): void {
    this.#hasExited = true;
    standIn.exit(exit);
  }
}
