import type { Command } from "../command.ts";
import { FOLDERS, JSON_OUTPUT } from "../common-options.ts";

export const upgrade: Command = {
  summary: "write cassettes as this version of the package would",
  operands: "[<cassette>...]",
  names: [0, Number.POSITIVE_INFINITY],
  about:
    "Rewrites cassettes of older versions in the present format: older format versions, the comments above " +
    "interactions, and the order of fields and headers. Prints what changes. Replay stays the same. Your own comments " +
    "stay, and so does the form of interactions that you commented or wrote by hand. Without names, it does so for all " +
    "cassettes.",
  options: {
    check: { type: "flag", help: "write nothing, and exit with 1 if a cassette would change" },
    full: { type: "flag", help: "print every changed line" },
    ...JSON_OUTPUT,
    ...FOLDERS,
  },
  examples: ["upgrade --check", "upgrade", "upgrade joke"],
  exitCodes: "0, 1 if a cassette cannot be read or written, or would change with --check",
  run: async (context) => (await import("../upgrade.ts")).upgrade(context),
};
