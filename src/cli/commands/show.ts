import type { Command } from "../command.ts";
import { FOLDERS } from "../common-options.ts";

export const show: Command = {
  summary: "print one cassette: requests, decoded text, tool calls, timing",
  operands: "<cassette>",
  names: [1, 1],
  about:
    "Prints what is on a cassette: requests, decoded text, tool calls, timing. <cassette> is a path, or a name under " +
    "the folder of cassettes, with or without .yaml. Secrets and control characters are never printed.",
  options: {
    full: { type: "flag", help: "print whole request bodies, and long texts in full" },
    json: {
      type: "flag",
      help: "print how much is on it as JSON: entries, models, tokens, calls, checkpoints",
    },
    ...FOLDERS,
  },
  examples: ["show joke", "show cassettes/chat/joke.yaml --full"],
  exitCodes: "0, 1 if the cassette cannot be read",
  run: async (context) => (await import("../show.ts")).show(context),
};
