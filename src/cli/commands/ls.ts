import type { Command } from "../command.ts";
import { FOLDERS, JSON_OUTPUT } from "../common-options.ts";

export const ls: Command = {
  summary: "list cassettes with their size, models and age",
  operands: "",
  names: [0, 0],
  about: "Lists cassettes: interactions, models, bytes of the recorded responses, age, and file size.",
  options: { ...FOLDERS, ...JSON_OUTPUT },
  examples: ["ls", "ls --dir packages/api/cassettes", "ls --json"],
  exitCodes: "0, 1 if a cassette cannot be read",
  run: async (context) => (await import("../list.ts")).list(context),
};
