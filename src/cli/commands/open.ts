import type { Command } from "../command.ts";
import { FOLDERS } from "../common-options.ts";

export const open: Command = {
  summary: "show cassettes in the browser",
  operands: "[<cassette>...]",
  names: [0, Number.POSITIVE_INFINITY],
  about:
    "Writes the page of report to a temporary file and opens it in the default browser. Without names, it shows all " +
    "cassettes.",
  options: FOLDERS,
  examples: ["open", "open joke"],
  exitCodes: "0, 1 if a cassette cannot be read or no browser was found",
  run: async (context) => (await import("../report.ts")).open(context),
};
