import type { CommandName } from "./commands.ts";

const COMMON = `  --dir <folder>     a folder of cassettes; repeat it for several (default: "dir" in vitest.config.ts, and
                     every folder called cassettes)
  --no-config        do not read vitest.config.ts`;

const GENERAL = `Usage: vitest-cassette <command> [options]

  ls                 list cassettes with their size, models and age
  show <cassette>    print one cassette: requests, decoded text, tool calls, timing
  check              find broken cassettes and leftover files, and secrets with --secrets

${COMMON}
  --help             print this, or the help of a command
  --version          print the version of this package

Examples:
  vitest-cassette show joke
  vitest-cassette check --secrets

Exit code: 0 everything is fine, 1 a problem was found, 2 the command line is wrong.
`;

const COMMAND: Readonly<Record<CommandName, string>> = {
  ls: `Usage: vitest-cassette ls [options]

Lists cassettes: interactions, models, bytes of the recorded responses, age, and file size.

${COMMON}
  --json             print JSON

Exit code: 0, or 1 if a cassette cannot be read.
`,
  show: `Usage: vitest-cassette show <cassette> [options]

Prints what is on a cassette: requests, decoded text, tool calls, timing. <cassette> is a path, or a name under
the folder of cassettes, with or without .yaml. Secrets and control characters are never printed.

${COMMON}
  --full             print long texts in full
  --json             print how much is on it as JSON: entries, models, tokens, calls, checkpoints

Exit code: 0, or 1 if the cassette cannot be read.
`,
  check: `Usage: vitest-cassette check [options]

Reads every cassette. Reports broken ones, older format versions, and temporary files of processes that died.

  --secrets          also report secrets: values of credentials in this environment, known shapes of keys, and
                     secret names of fields, headers and parameters
  --fix              like --secrets, and replace secrets with placeholders; also delete leftover files
${COMMON}
  --json             print JSON

The rules under redact in vitest.config.ts apply. These options add to them:

  --field <name>     a secret field of bodies                  redact.fields
  --header <name>    a secret header                           redact.headers
  --query <name>     a secret query parameter                  redact.query
  --pattern <regexp> a shape of secret text                    redact.patterns
  --allow <what>     a text, /shape/ or path that is no secret redact.allow

Exit code: 0 nothing left to do, 1 a problem was found, 2 the command line is wrong.
`,
};

/** Returns the text that \`--help\` prints. */
export function helpText(command: CommandName | undefined): string {
  return command === undefined ? GENERAL : COMMAND[command];
}
