import { type ParseArgsConfig, parseArgs } from "node:util";
import { didYouMean } from "../options/did-you-mean.ts";
import type { Command, CommandOptions, Invocation } from "./command.ts";
import { COMMAND_NAMES, COMMANDS, type CommandName, GENERAL, isCommandName } from "./commands.ts";
import { UsageError } from "./usage-error.ts";

/** A parsed command line. */
export type Wanted =
  | { readonly kind: "run"; readonly command: CommandName; readonly invocation: Invocation }
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
  const [least, most] = COMMANDS[command].names;
  if (names.length < least || names.length > most) throw new UsageError(wrongCount(command, names));
  const flag = (name: string): boolean => values[name] === true;
  const invocation = { names, flag, values: (name: string) => strings(values[name]) };
  return { kind: "run", command, invocation };
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
  const options: CommandOptions = { ...COMMANDS[command].options, ...GENERAL };
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: asParsed(options),
      allowPositionals: true,
    });
    return { values: values as Values, positionals };
  } catch (error) {
    throw usageError(error as NodeJS.ErrnoException, command, Object.keys(options));
  }
}

function asParsed(options: CommandOptions): NonNullable<ParseArgsConfig["options"]> {
  const entries = Object.entries(options).map(([name, { type }]) => [
    name,
    {
      type: type === "flag" ? ("boolean" as const) : ("string" as const),
      multiple: type === "list",
      ...(name === "help" ? { short: "h" } : {}),
    },
  ]);
  return Object.fromEntries(entries);
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

function wrongCount(name: CommandName, given: readonly string[]): string {
  const command: Command = COMMANDS[name];
  const [least, most] = command.names;
  if (most === 0) {
    const folders = "dir" in command.options ? " Name folders with --dir." : "";
    return `${name} takes no names, but "${given.join(" ")}" was given.${folders}`;
  }
  const found =
    given.length === 0 ? "none was given" : `${given.length} ${given.length === 1 ? "was" : "were"} given`;
  const wanted = least === most ? `${least === 1 ? "one name" : `${least} names`}` : `at most ${most} names`;
  return `${name} takes ${wanted}, but ${found}: ${name} ${command.operands}.`;
}
