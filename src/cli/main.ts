import { CassetteError } from "../cassette/errors.ts";
import { VERSION } from "../session/version.ts";
import { check } from "./check.ts";
import { helpText } from "./help.ts";
import { list } from "./list.ts";
import { type Invocation, readArguments } from "./read-arguments.ts";
import { show } from "./show.ts";
import { type Surroundings, Terminal } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

/** 0 all is well, 1 something was found, 2 the command line is wrong. */
export type ExitCode = 0 | 1 | 2;

/** Runs one command. `args` are those behind the program's own name. */
export async function main(args: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  const terminal = new Terminal(surroundings);
  try {
    const wanted = readArguments(args);
    switch (wanted.kind) {
      case "help":
        surroundings.writeOut(helpText(wanted.command));
        return 0;
      case "version":
        terminal.print(VERSION);
        return 0;
      case "run":
        return await run(wanted.invocation, terminal);
    }
  } catch (error) {
    if (!(error instanceof CassetteError)) throw error;
    terminal.complain(error.message);
    return error instanceof UsageError ? 2 : 1;
  }
}

function run(invocation: Invocation, terminal: Terminal): ExitCode | Promise<ExitCode> {
  switch (invocation.command) {
    case "ls":
      return list(invocation, terminal);
    case "show":
      return show(invocation, terminal);
    case "check":
      return check(invocation, terminal);
  }
}
