import { CassetteError } from "../cassette/errors.ts";
import { VERSION } from "../session/version.ts";
import type { ExitCode, Invocation } from "./command.ts";
import { COMMANDS, type CommandName } from "./commands.ts";
import { helpText } from "./help.ts";
import { readArguments } from "./read-arguments.ts";
import type { Surroundings } from "./surroundings.ts";
import { UsageError } from "./usage-error.ts";

/** Runs one command. `args` exclude the name of the program. */
export async function main(args: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  try {
    const wanted = readArguments(args);
    switch (wanted.kind) {
      case "help":
        surroundings.writeOut(helpText(wanted.command, surroundings.columns));
        return 0;
      case "version":
        surroundings.writeOut(`${VERSION}\n`);
        return 0;
      case "run":
        return await run(wanted.command, wanted.invocation, surroundings);
    }
  } catch (error) {
    if (!(error instanceof CassetteError)) throw error;
    const { Terminal } = await import("./terminal.ts");
    new Terminal(surroundings).complain(error);
    return error instanceof UsageError ? 2 : 1;
  }
}

/** Loads what commands share only now, so that help is quick. */
async function run(
  command: CommandName,
  invocation: Invocation,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const [{ Terminal }, { projectSettings }] = await Promise.all([
    import("./terminal.ts"),
    import("./project-settings.ts"),
  ]);
  let projects: ReturnType<typeof projectSettings> | undefined;
  return COMMANDS[command].run({
    invocation,
    terminal: new Terminal(surroundings),
    projects: () => {
      projects ??= invocation.flag("no-config") ? Promise.resolve([]) : projectSettings(surroundings);
      return projects;
    },
  });
}
