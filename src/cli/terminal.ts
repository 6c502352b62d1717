import { styleText } from "node:util";
import type { ProjectOptions } from "../options/options.ts";
import { profiles } from "../providers/registry.ts";
import { createRedactor } from "../redaction/redactor.ts";

/** The outside world of a command. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute path of the working directory. */
  readonly directory: string;
  /** Whether the output is a terminal. */
  readonly isTerminal: boolean;
  /** Reads the options of the projects in a folder's Vitest config. */
  readonly readProjects?:
    | ((folder: string) => Promise<readonly { readonly root: string; readonly options: ProjectOptions }[]>)
    | undefined;
  writeOut(text: string): void;
  writeError(text: string): void;
}

type Style = "bold" | "dim" | "red" | "yellow" | "green";

/** Prints for people or programs, without secrets and control characters. */
export class Terminal {
  readonly surroundings: Surroundings;
  /** Removes secrets from a text. */
  readonly redact: (text: string) => string;
  readonly #colors: boolean;

  constructor(surroundings: Surroundings) {
    this.surroundings = surroundings;
    const { env, isTerminal } = surroundings;
    const redactor = createRedactor({}, { env, profiles });
    this.redact = (text) => redactor.redactText(text);
    this.#colors = isTerminal && !env.NO_COLOR && env.TERM !== "dumb";
  }

  /** Makes a text safe to print. Everything from a tape has to pass here. */
  clean(text: string): string {
    return visible(this.redact(text));
  }

  style(style: Style, text: string): string {
    return this.#colors ? styleText(style, text, { validateStream: false }) : text;
  }

  print(...lines: readonly string[]): void {
    this.surroundings.writeOut(`${lines.join("\n")}\n`);
  }

  printJson(value: unknown): void {
    const text = JSON.stringify(
      value,
      (_, each: unknown) => (typeof each === "string" ? this.redact(each) : each),
      2,
    );
    this.print(text);
  }

  complain(message: string): void {
    this.surroundings.writeError(`${this.clean(message)}\n`);
  }
}

/** A tape may hold anything, and terminals obey control characters. */
function visible(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, (char) =>
    char === "\n" || char === "\t" ? char : `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
