import { parseArgs } from "node:util";
import { didYouMean } from "../options/did-you-mean.ts";
import { COMMAND_NAMES, COMMANDS, type CommandName, isCommandName } from "./commands.ts";
import { UsageError } from "./usage-error.ts";

/** A command line, read. */
export interface Invocation {
  readonly command: CommandName;
  /** What stands behind the command without dashes. */
  readonly names: readonly string[];
  /** `true` where the option was given. */
  flag(name: string): boolean;
  /** All values of an option, in order. */
  values(name: string): readonly string[];
}

/** What a command line asks for. */
export type Wanted =
  | { readonly kind: "run"; readonly invocation: Invocation }
  | { readonly kind: "help"; readonly command: CommandName | undefined }
  | { readonly kind: "version" };

/**
 * Reads a command line, without the program's own name.
 *
 * @throws UsageError for a command, an option or a number of names that is not there to be had
 */
export function readArguments(args: readonly string[]): Wanted {
  const first = args.find((arg) => !arg.startsWith("-"));
  const before = first === undefined ? args : args.slice(0, args.indexOf(first));
  if (before.includes("--version")) return { kind: "version" };
  if (before.some((arg) => arg === "--help" || arg === "-h")) {
    return { kind: "help", command: first !== undefined && isCommandName(first) ? first : undefined };
  }
  if (first === "help") {
    const about = args[args.indexOf(first) + 1];
    return { kind: "help", command: about === undefined ? undefined : commandOf(about) };
  }
  const [stray] = before;
  if (stray !== undefined) {
    throw new UsageError(
      `The command comes before its options, and ${stray} stands before it. ${commands()}`,
    );
  }
  if (first === undefined) throw new UsageError(`No command is given. ${commands()}`);
  const command = commandOf(first);
  return readOptions(command, args.slice(args.indexOf(first) + 1));
}

function commandOf(word: string): CommandName {
  if (isCommandName(word)) return word;
  throw new UsageError(`There is no command "${word}".${hint(word, COMMAND_NAMES)} ${commands()}`);
}

function readOptions(command: CommandName, args: readonly string[]): Wanted {
  const { names: wanted, options } = COMMANDS[command];
  const known: readonly string[] = Object.keys(options);
  // Not strict: its messages name no valid option and have no hint.
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true });
  const names: string[] = [];
  const given = new Map<string, string[]>();
  for (const token of tokens) {
    if (token.kind === "positional") names.push(token.value);
    if (token.kind !== "option") continue;
    const { name, rawName, value } = token;
    if (!known.includes(name)) {
      const list = known.map((each) => `--${each}`).join(", ");
      const meant = didYouMean(name, known);
      const dashed = meant === undefined ? "" : ` Did you mean --${meant}?`;
      throw new UsageError(`There is no option ${rawName} of ${command}.${dashed} Valid are ${list}.`);
    }
    const { type } = options[name as keyof typeof options];
    if (
      type === "string" &&
      (value === undefined || value === "" || (!token.inlineValue && value.startsWith("-")))
    ) {
      throw new UsageError(`${rawName} wants a value: ${rawName} <value>, or ${rawName}=<value>.`);
    }
    if (type === "boolean" && value !== undefined) throw new UsageError(`${rawName} takes no value.`);
    given.set(name, [...(given.get(name) ?? []), value ?? ""]);
  }
  if (given.has("help")) return { kind: "help", command };
  if (given.has("version")) return { kind: "version" };
  if (names.length !== wanted) throw new UsageError(wrongCount(command, wanted, names));
  return {
    kind: "run",
    invocation: {
      command,
      names,
      flag: (name) => given.has(name),
      values: (name) => given.get(name) ?? [],
    },
  };
}

function wrongCount(command: CommandName, wanted: number, names: readonly string[]): string {
  if (wanted === 0) {
    return `${command} takes no names, and "${names.join(" ")}" was given. Folders are named with --dir.`;
  }
  const found = names.length === 0 ? "none was given" : `${names.length} were given`;
  return `${command} takes the name of one tape, and ${found}: ${command} <tape>.`;
}

function hint(word: string, valid: readonly string[]): string {
  const meant = didYouMean(word, valid);
  return meant === undefined ? "" : ` Did you mean ${meant}?`;
}

function commands(): string {
  return `Valid are ${COMMAND_NAMES.join(", ")}; --help tells more.`;
}
