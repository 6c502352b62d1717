import { styleText } from "node:util";
import type { CassetteError } from "../cassette/errors.ts";
import { profiles } from "../providers/registry.ts";
import { createRedactor, type Redactor } from "../redaction/redactor.ts";
import type { DiffLine } from "./diff/text-lines.ts";
import type { Surroundings } from "./surroundings.ts";

/** In milliseconds. */
const PROGRESS_AFTER = 300;
const PROGRESS_EVERY = 100;

type Style = "bold" | "dim" | "red" | "yellow" | "green" | "cyan";

/** Prints for people or programs, without secrets and control characters. */
export class Terminal {
  readonly surroundings: Surroundings;
  /** Removes secrets from a text. */
  readonly redact: (text: string) => string;
  readonly #colors: boolean;
  #progress: { readonly what: string; readonly since: number; shown: number } | undefined;

  constructor(surroundings: Surroundings) {
    this.surroundings = surroundings;
    const { env, isTerminal } = surroundings;
    let redactor: Redactor | undefined;
    this.redact = (text) => {
      redactor ??= createRedactor({}, { env, profiles });
      return redactor.redactText(text);
    };
    this.#colors = isTerminal && !env.NO_COLOR && env.TERM !== "dumb";
  }

  /** Makes a text safe to print. Everything from a tape has to pass here. */
  clean(text: string): string {
    return visible(this.redact(text));
  }

  style(style: Style, text: string): string {
    return this.#colors ? styleText(style, text, { validateStream: false }) : text;
  }

  /** Formats a line of a difference. */
  diffLine({ sign, text }: DiffLine, indent: string): string {
    const line = this.clean(`${sign} ${text}`.trimEnd());
    if (sign === " ") return `${indent}${line}`.trimEnd();
    return indent + this.style(sign === "-" ? "red" : "green", line);
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

  /** Shows how far a long piece of work is. Shows nothing for work that is done soon. */
  progress(what: string, done: number, total: number): void {
    const { writeProgress } = this.surroundings;
    if (writeProgress === undefined) return;
    const now = Date.now();
    if (this.#progress?.what !== what) this.#progress = { what, since: now, shown: 0 };
    if (now - this.#progress.since < PROGRESS_AFTER || now - this.#progress.shown < PROGRESS_EVERY) return;
    this.#progress.shown = now;
    writeProgress(`${what}: ${done} of ${total}`);
  }

  /** Removes the line of `progress`. */
  clearProgress(): void {
    if (this.#progress !== undefined && this.#progress.shown > 0) this.surroundings.writeProgress?.("");
    this.#progress = undefined;
  }

  /** Prints an error with its code, as compilers do. */
  complain({ code, message }: Pick<CassetteError, "code" | "message">): void {
    this.clearProgress();
    this.surroundings.writeError(`${this.style("red", `error ${code}:`)} ${this.clean(message)}\n`);
  }

  /** Prints what is not part of the result to the error output. */
  note(message: string): void {
    this.clearProgress();
    this.surroundings.writeError(`${this.clean(message)}\n`);
  }
}

/** A tape may hold anything, and terminals obey control characters. */
function visible(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, (char) =>
    char === "\n" || char === "\t" ? char : `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
