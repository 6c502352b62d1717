import type { CommandOptions } from "./command.ts";
import { COMMAND_NAMES, COMMANDS, type CommandName, GENERAL } from "./commands.ts";
import { wrap } from "./wrap.ts";

const WIDTH = 110;
const PROGRAM = "npx vitest-cassette";

/**
 * Returns the text that `--help` prints.
 *
 * @param columns width of the terminal; text is never wider than 110
 */
export function helpText(command: CommandName | undefined, columns = WIDTH): string {
  const width = Math.max(60, Math.min(columns, WIDTH));
  return `${(command === undefined ? general(width) : ofCommand(command, width)).join("\n")}\n`;
}

function general(width: number): readonly string[] {
  const usages = COMMAND_NAMES.map((name) => usageOf(name));
  const column = Math.max(...usages.map(({ length }) => length)) + 2;
  return [
    "Usage: vitest-cassette <command> [options]",
    "",
    ...COMMAND_NAMES.flatMap((name, index) =>
      twoColumns(usages[index] as string, COMMANDS[name].summary, column, width),
    ),
    "",
    ...optionLines(
      { ...GENERAL, help: { type: "flag", help: "print this, or the help of a command" } },
      width,
    ),
    "",
    "Examples:",
    ...["ls", "diff", "check --secrets"].map((line) => `  ${PROGRAM} ${line}`),
    "",
    "Exit code: 0 everything is fine, 1 a problem was found, 2 the command line or the Vitest config is wrong.",
  ];
}

function ofCommand(name: CommandName, width: number): readonly string[] {
  const { about, options, examples, exitCodes } = COMMANDS[name];
  return [
    `Usage: vitest-cassette ${usageOf(name)} [options]`,
    "",
    ...about.split("\n").flatMap((paragraph) => (paragraph === "" ? [""] : wrap(paragraph, width))),
    "",
    ...optionLines({ ...options, ...GENERAL }, width),
    "",
    "Examples:",
    ...examples.map((line) => `  ${PROGRAM} ${line}`),
    "",
    ...wrap(`Exit code: ${exitCodes}, 2 if the command line or the Vitest config is wrong.`, width),
  ];
}

function usageOf(name: CommandName): string {
  return [name, COMMANDS[name].operands].filter((part) => part !== "").join(" ");
}

function optionLines(options: CommandOptions, width: number): readonly string[] {
  const rows = Object.entries(options).map(([name, { value, help }]) => {
    return [`--${name}${value === undefined ? "" : ` <${value}>`}`, help] as const;
  });
  const column = Math.max(...rows.map(([left]) => left.length)) + 2;
  return rows.flatMap(([left, help]) => twoColumns(left, help, column, width));
}

function twoColumns(left: string, right: string, column: number, width: number): readonly string[] {
  const lines = wrap(right, Math.max(30, width - column - 2));
  return lines.map((line, index) => `  ${(index === 0 ? left : "").padEnd(column)}${line}`);
}
