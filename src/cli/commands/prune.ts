import type { Command } from "../command.ts";
import { JSON_OUTPUT } from "../common-options.ts";

export const prune: Command = {
  summary: "delete cassettes that no test of the last full run used",
  operands: "",
  names: [0, 0],
  about:
    "Lists the cassettes that no test opened in the last full run (npx vitest run, without a filter), and deletes " +
    "them with --yes. A cassette that was written after that run stays, and so does a file that is not a cassette. " +
    "The recording of a failed test goes with its cassette.",
  options: {
    yes: { type: "flag", help: "delete them" },
    "no-config": { type: "flag", help: "do not read the Vitest config: use node_modules/.vite" },
    ...JSON_OUTPUT,
  },
  examples: ["prune", "prune --yes"],
  exitCodes: "0, 1 if no full run is known or a file cannot be deleted",
  run: async (context) => (await import("../prune.ts")).prune(context),
};
