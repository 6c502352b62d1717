import { CassetteError } from "../cassette/errors.ts";
import { VERSION } from "../session/version.ts";
import { check } from "./check.ts";
import { helpText } from "./help.ts";
import { list } from "./list.ts";
import { projectSettings } from "./project-settings.ts";
import { type Invocation, readArguments } from "./read-arguments.ts";
import { show } from "./show.ts";
import { type Surroundings, Terminal } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

/** 0: everything is fine, 1: a problem was found, 2: the command line is wrong. */
export type ExitCode = 0 | 1 | 2;

/** Runs one command. `args` exclude the name of the program. */
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

async function run(invocation: Invocation, terminal: Terminal): Promise<ExitCode> {
  const projects = await projectSettings(invocation, terminal.surroundings);
  switch (invocation.command) {
    case "ls":
      return list(invocation, terminal, projects);
    case "show":
      return show(invocation, terminal, projects);
    case "check":
      return check(invocation, terminal, projects);
  }
}
