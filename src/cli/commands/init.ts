import type { Command } from "../command.ts";

export const init: Command = {
  summary: "set up cassettes in this project",
  operands: "",
  names: [0, 0],
  about:
    "Sets up the project in the working directory: the plugin in the Vitest config, a first test for the SDK that is " +
    "installed, and lines in .gitattributes and .gitignore. Prints the changes and asks before it writes. A Vitest " +
    "config that it cannot edit safely stays as it is, and the output says what to add. Running it again changes nothing.",
  options: { yes: { type: "flag", help: "write without asking" } },
  examples: ["init", "init --yes"],
  exitCodes: "0, 1 if a file cannot be written",
  run: async (context) => (await import("../init/init.ts")).init(context),
};
