import type { CommandName } from "./commands.ts";

const DIR =
  "  --dir <folder>     folder of the tapes; may be given several times (default: all called cassettes)";

const GENERAL = `Usage: vitest-cassette <command> [options]

  ls                 the tapes: how much is on them, of which models, how old
  show <tape>        what is on one tape: requests, decoded text, tool calls, times
  check              finds broken tapes, left-over files and, with --secrets, secrets

${DIR}
  --help             this, or with a command what that command takes
  --version          the version of this package

Exit code: 0 all is well, 1 something was found, 2 the command line is wrong.
`;

const COMMAND: Readonly<Record<CommandName, string>> = {
  ls: `Usage: vitest-cassette ls [options]

Lists the tapes: interactions, models, bytes of the recorded answers, age, and size of the file.

${DIR}
  --json             as JSON

Exit code: 0, or 1 where a tape cannot be read.
`,
  show: `Usage: vitest-cassette show <tape> [options]

Tells what is on a tape: requests, decoded text, tool calls, times. <tape> is a path, or a name under the folder
of the tapes, with or without .yaml. Secrets and control characters are not printed.

${DIR}
  --full             long texts whole

Exit code: 0, or 1 where the tape cannot be read.
`,
  check: `Usage: vitest-cassette check [options]

Reads every tape, and reports those that are broken or of an older format version, and temporary files that were
left over by processes that died.

  --secrets          also report what is secret by today's rules: the values of this environment's credentials,
                     the shapes of known keys, and names of fields, headers and parameters
  --fix              as --secrets, and put placeholders in place of what is found; also remove left-over files
${DIR}
  --json             as JSON

Options in vitest.config.ts are not read. What is said there under redact is given again:

  --field <name>     a field of bodies that is secret          redact.fields
  --header <name>    a header that is secret                   redact.headers
  --query <name>     a query parameter that is secret          redact.query
  --pattern <regexp> a shape of text that is secret            redact.patterns
  --allow <what>     a text, /shape/ or place that is none     redact.allow

Exit code: 0 nothing is left to be done, 1 something is, 2 the command line is wrong.
`,
};

/** What a person asks for with `--help`. */
export function helpText(command: CommandName | undefined): string {
  return command === undefined ? GENERAL : COMMAND[command];
}
