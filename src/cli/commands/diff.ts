import type { Command } from "../command.ts";
import { FOLDERS, JSON_OUTPUT } from "../common-options.ts";

export const diff: Command = {
  summary: "compare cassettes by what they mean, two files or with git",
  operands: "[<before>] [<after>]",
  names: [0, 2],
  about:
    "Compares cassettes by meaning: prompts, texts, tool calls, finish reasons, models, usage, errors, order, and times " +
    "as ratios. Ids, dates, chunk boundaries and what providers change on every run are no differences. A time counts " +
    "if it doubled or halved, by at least 100 ms.\n\n" +
    "With two names, compares these cassettes. With one, compares that cassette with its last commit; without, all " +
    "cassettes that changed since the last commit: new, deleted and renamed ones too.",
  options: {
    base: {
      type: "text",
      value: "revision",
      help: "compare with the commit where this branch left <revision>, instead of with the last commit",
    },
    "exit-code": { type: "flag", help: "exit with 1 if cassettes differ" },
    full: { type: "flag", help: "print long texts in full" },
    markdown: { type: "flag", help: "print Markdown, for a comment on a pull request" },
    ...JSON_OUTPUT,
    ...FOLDERS,
  },
  examples: [
    "diff",
    "diff joke",
    "diff cassettes/joke.yaml cassettes/joke.failed.yaml",
    "diff --base origin/main --markdown > comment.md",
    "diff --exit-code",
  ],
  exitCodes: "0, 1 if a cassette cannot be read, or if cassettes differ and --exit-code is given",
  run: async (context) => (await import("../diff/diff.ts")).diff(context),
};
