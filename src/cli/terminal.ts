import { styleText } from "node:util";
import { profiles } from "../providers/registry.ts";
import { createRedactor } from "../redaction/redactor.ts";

/** Where a command writes to, and what it knows of the machine. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute path of the working directory. */
  readonly directory: string;
  /** Whether the output is a terminal. */
  readonly isTerminal: boolean;
  writeOut(text: string): void;
  writeError(text: string): void;
}

type Style = "bold" | "dim" | "red" | "yellow" | "green";

/** Prints for people or for programs, and never a secret or what a terminal obeys. */
export class Terminal {
  readonly surroundings: Surroundings;
  /** A text without its secrets. */
  readonly redact: (text: string) => string;
  readonly #colours: boolean;

  constructor(surroundings: Surroundings) {
    this.surroundings = surroundings;
    const { env, isTerminal } = surroundings;
    const redactor = createRedactor({}, { env, profiles });
    this.redact = (text) => redactor.redactText(text);
    this.#colours = isTerminal && !env.NO_COLOR && env.TERM !== "dumb";
  }

  /** A text as it may be printed. Of what comes out of tapes everything has to pass here. */
  clean(text: string): string {
    return visible(this.redact(text));
  }

  style(style: Style, text: string): string {
    return this.#colours ? styleText(style, text, { validateStream: false }) : text;
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

/** A tape may hold anything, and terminals obey some of it. */
function visible(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, (char) =>
    char === "\n" || char === "\t" ? char : `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
