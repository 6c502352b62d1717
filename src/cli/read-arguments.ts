import { parseArgs } from "node:util";
import { didYouMean } from "../options/did-you-mean.ts";
import { COMMAND_NAMES, COMMANDS, type CommandName, isCommandName } from "./commands.ts";
import { UsageError } from "./usage-error.ts";

/** A command line, read. */
export interface Invocation {
  readonly command: CommandName;
  /** The words after the command, without dashes. */
  readonly names: readonly string[];
  /** Whether the option was given. */
  flag(name: string): boolean;
  /** All values of an option, in order. */
  values(name: string): readonly string[];
}

/** A parsed command line. */
export type Wanted =
  | { readonly kind: "run"; readonly invocation: Invocation }
  | { readonly kind: "help"; readonly command: CommandName | undefined }
  | { readonly kind: "version" };

/**
 * Reads a command line, without the program's own name.
 *
 * @throws UsageError for an unknown command or option, or a wrong number of names
 */
export function readArguments(args: readonly string[]): Wanted {
  const [first, ...rest] = args;
  if (first === "--version") return { kind: "version" };
  if (first === "help" || first === "--help" || first === "-h") {
    return { kind: "help", command: rest[0] === undefined ? undefined : commandOf(rest[0]) };
  }
  const command = commandOf(first);
  const { values, positionals: names } = parseOptions(command, rest);
  const empty = Object.keys(values).find((name) => strings(values[name]).includes(""));
  if (empty !== undefined) throw new UsageError(`Option --${empty} needs a value.`);
  if (values.help === true) return { kind: "help", command };
  if (values.version === true) return { kind: "version" };
  const { names: wanted } = COMMANDS[command];
  if (names.length !== wanted) throw new UsageError(wrongCount(command, wanted, names));
  const flag = (name: string): boolean => values[name] === true;
  return { kind: "run", invocation: { command, names, flag, values: (name) => strings(values[name]) } };
}

function commandOf(word: string | undefined): CommandName {
  if (word !== undefined && isCommandName(word)) return word;
  const commands = `Valid commands: ${COMMAND_NAMES.join(", ")}. See --help.`;
  if (word === undefined) throw new UsageError(`No command given. ${commands}`);
  if (word.startsWith("-"))
    throw new UsageError(`Put the command before its options, such as ${word}. ${commands}`);
  const meant = didYouMean(word, COMMAND_NAMES);
  throw new UsageError(
    `Unknown command "${word}".${meant === undefined ? "" : ` Did you mean ${meant}?`} ${commands}`,
  );
}

type Values = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;

function parseOptions(
  command: CommandName,
  args: readonly string[],
): { readonly values: Values; readonly positionals: readonly string[] } {
  const { options } = COMMANDS[command];
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    return { values: values as Values, positionals };
  } catch (error) {
    throw usageError(error as NodeJS.ErrnoException, command, Object.keys(options));
  }
}

/** Says what `parseArgs` says, and what is valid. */
function usageError(
  { code, message }: NodeJS.ErrnoException,
  command: CommandName,
  known: readonly string[],
): UsageError {
  const option = /'(-[^' ]*)/.exec(message)?.[1] ?? "";
  if (code !== "ERR_PARSE_ARGS_UNKNOWN_OPTION") {
    const takesNone = message.includes("does not take");
    return new UsageError(
      takesNone
        ? `Option ${option} takes no value.`
        : `Option ${option} needs a value: ${option} <value>, or ${option}=<value>.`,
    );
  }
  const meant = didYouMean(option.replace(/^-+/, ""), known);
  const hint = meant === undefined ? "" : ` Did you mean --${meant}?`;
  const valid = known.map((each) => `--${each}`).join(", ");
  return new UsageError(`Unknown option ${option} of ${command}.${hint} Valid options: ${valid}.`);
}

function strings(value: Values[string]): readonly string[] {
  return [value].flat().filter((each) => typeof each === "string");
}

function wrongCount(command: CommandName, wanted: number, names: readonly string[]): string {
  if (wanted === 0) {
    return `${command} takes no names, but "${names.join(" ")}" was given. Name folders with --dir.`;
  }
  const found = names.length === 0 ? "none was given" : `${names.length} were given`;
  return `${command} takes the name of one cassette, but ${found}: ${command} <cassette>.`;
}
