import type { ChildProcess } from "node:child_process";
import { type Command, isIn, type SpawnOptions } from "./command.ts";
import { type ObservedProcess, observe } from "./observe-process.ts";
import type { ProcessInputs, Spawn } from "./process-inputs.ts";
import type { Kills } from "./signals.ts";
import { type StandIn, standIn } from "./stand-in.ts";
import { hasMorePipes } from "./stdio.ts";

/** A process that the code under test starts without waiting for it. */
export class LiveProcess {
  readonly command: Command;
  readonly #child: ChildProcess;
  readonly #options: SpawnOptions;
  readonly #spawn: Spawn;
  readonly #kills: Kills;

  constructor(child: ChildProcess, command: Command, options: SpawnOptions, spawn: Spawn, kills: Kills) {
    this.command = command;
    this.#child = child;
    this.#options = options;
    this.#spawn = spawn;
    this.#kills = kills;
  }

  /** Whether it has a pipe that nothing records. */
  get hasMorePipes(): boolean {
    return hasMorePipes(this.#options.stdio);
  }

  /** Whether its messages are copied by structured cloning, and not as JSON. */
  get clonesMessages(): boolean {
    return this.#options.serialization === "advanced";
  }

  get hasMessages(): boolean {
    return isIn(this.#options.stdio, "ipc");
  }

  /** Starts the process itself. */
  start(): unknown {
    return this.#spawn.call(this.#child, this.#options);
  }

  /** Starts the process itself, and tells `observer` what it is given and gives. */
  startObserved(observer: ObservedProcess): unknown {
    return observe(this.#child, () => this.start(), observer, this.#kills);
  }

  /**
   * Starts nothing, and lets the code under test have a stand-in.
   *
   * @param failure the code of the error with which the process does not start
   */
  play(inputs: ProcessInputs, failure?: string): StandIn {
    return standIn(this.#child, this.#options, this.#spawn, { inputs, failure, kills: this.#kills });
  }
}
