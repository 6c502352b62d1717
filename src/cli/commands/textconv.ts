import type { Command } from "../command.ts";

export const textconv: Command = {
  summary: "print a cassette for git diff",
  operands: "<file>",
  names: [1, 1],
  about:
    "Prints what a cassette means as text that git can compare line by line: requests, decoded answers and calls, without " +
    "ids, times and chunks. Set it up with:\n\n" +
    "  echo 'cassettes/**/*.yaml diff=cassette' >> .gitattributes\n" +
    '  git config diff.cassette.textconv "node_modules/.bin/vitest-cassette textconv"\n\n' +
    "git diff, git log -p and git show then print cassettes this way; --no-textconv prints the files. A file that is " +
    "not a valid cassette is printed as it is.",
  options: {},
  examples: ["textconv cassettes/joke.yaml"],
  exitCodes: "0, 1 if the file cannot be read",
  run: async (context) => (await import("../textconv.ts")).textconv(context),
};
