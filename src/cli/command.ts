import type { ProjectSettings } from "./project-settings.ts";
import type { Terminal } from "./terminal.ts";

/** One option of a command. */
export interface CommandOption {
  /** `text` takes a value, and `list` takes one each time it is given. */
  readonly type: "flag" | "text" | "list";
  /** Names the value in help. */
  readonly value?: string;
  readonly help: string;
}

export type CommandOptions = Readonly<Record<string, CommandOption>>;

/** The names and options after a command on its command line. */
export interface Invocation {
  /** The words without dashes. */
  readonly names: readonly string[];
  /** Whether the option was given. */
  flag(name: string): boolean;
  /** All values of an option, in order. */
  values(name: string): readonly string[];
}

/** The input of a command. */
export interface CommandContext {
  readonly invocation: Invocation;
  readonly terminal: Terminal;
  /** Reads the Vitest config here, once. Loads Vite, so that only commands that need it call this. */
  projects(): Promise<readonly ProjectSettings[]>;
}

/** 0: everything is fine, 1: a problem was found, 2: the command line is wrong. */
export type ExitCode = 0 | 1 | 2;

/** One command of the program: how it is called, and what it does. Its code is loaded when it runs. */
export interface Command {
  /** One line, for the list of commands. */
  readonly summary: string;
  /** The names that it takes, as its usage shows them: `[<before> [<after>]]`. */
  readonly operands: string;
  /** The least and the greatest number of names. */
  readonly names: readonly [least: number, most: number];
  /** Its description, for its help. */
  readonly about: string;
  readonly options: CommandOptions;
  /** Command lines without the name of the program. */
  readonly examples: readonly string[];
  /** The meaning of exit codes 0 and 1: `0, 1 if ...`. */
  readonly exitCodes: string;
  run(context: CommandContext): Promise<ExitCode>;
}
