import { TOOLS } from "../importers/read-recording.ts";
import type { Command, CommandOptions } from "./command.ts";

/** Options of every command that reads cassettes of a project. */
const FOLDERS = {
  dir: {
    type: "list",
    value: "folder",
    help: 'a folder of cassettes; repeat it for several (default: "dir" in the Vitest config, and every folder called cassettes)',
  },
  "no-config": { type: "flag", help: "do not read the Vitest config" },
  "max-tape-bytes": {
    type: "text",
    value: "size",
    help: 'how large a cassette file may be: bytes, or "200 MiB" (default: "maxTapeBytes" in the Vitest config, or 64 MiB)',
  },
} as const satisfies CommandOptions;

const JSON_OUTPUT = { json: { type: "flag", help: "print JSON" } } as const satisfies CommandOptions;

/** Options of every command. */
export const GENERAL = {
  help: { type: "flag", help: "print this" },
  version: { type: "flag", help: "print the version of this package" },
} as const satisfies CommandOptions;

/** Every command, in the order in which help lists them. Its code loads when it runs. */
export const COMMANDS = {
  init: {
    summary: "set up cassettes in this project",
    operands: "",
    names: [0, 0],
    about:
      "Sets up the project in the working directory: the plugin in the Vitest config, a first test for the SDK that is " +
      "installed, and lines in .gitattributes and .gitignore. Prints the changes and asks before it writes. A Vitest " +
      "config that it cannot edit safely stays as it is, and the output has the lines to add. Running it again changes nothing.",
    options: { yes: { type: "flag", help: "write without asking" } },
    examples: ["init", "init --yes"],
    exitCodes: "0, 1 if a file cannot be written",
    run: async (context) => (await import("./init/init.ts")).init(context),
  },
  ls: {
    summary: "list cassettes with their size, models and age",
    operands: "",
    names: [0, 0],
    about: "Lists cassettes: interactions, models, bytes of the recorded responses, age, and file size.",
    options: { ...FOLDERS, ...JSON_OUTPUT },
    examples: ["ls", "ls --dir packages/api/cassettes", "ls --json"],
    exitCodes: "0, 1 if a cassette cannot be read",
    run: async (context) => (await import("./list.ts")).list(context),
  },
  show: {
    summary: "print one cassette: requests, decoded text, tool calls, timing",
    operands: "<cassette>",
    names: [1, 1],
    about:
      "Prints a cassette: requests, decoded text, tool calls, timing. <cassette> is a path, or a name under " +
      "the folder of cassettes, with or without .yaml. Secrets and control characters are never printed.",
    options: {
      full: { type: "flag", help: "print whole request bodies, and long texts in full" },
      json: {
        type: "flag",
        help: "print a summary as JSON: entries, models, tokens, calls, checkpoints",
      },
      ...FOLDERS,
    },
    examples: ["show joke", "show cassettes/chat/joke.yaml --full"],
    exitCodes: "0, 1 if the cassette cannot be read",
    run: async (context) => (await import("./show.ts")).show(context),
  },
  diff: {
    summary: "compare cassettes by meaning, two files or with git",
    operands: "[<before>] [<after>]",
    names: [0, 2],
    about:
      "Compares cassettes by meaning: prompts, texts, tool calls, finish reasons, models, usage, errors, order, and times " +
      "as ratios. Ids, dates, chunk boundaries and fields that providers change on every run are ignored. A time counts " +
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
    run: async (context) => (await import("./diff/diff.ts")).diff(context),
  },
  report: {
    summary: "write an HTML page with the timeline and the streams of cassettes",
    operands: "[<cassette>...]",
    names: [0, Number.POSITIVE_INFINITY],
    about:
      "Writes one HTML file that shows cassettes: a timeline of requests and tool calls, and each stream as a picture " +
      "with a playhead. Without names, it shows all cassettes. The file needs no network and no other file. " +
      "It holds prompts and answers: treat it like the cassettes.",
    options: {
      out: { type: "text", value: "file", help: "where to write (default: cassette-report.html)" },
      ...FOLDERS,
    },
    examples: ["report", "report joke chat/weather", "report --out artifacts/cassettes.html"],
    exitCodes: "0, 1 if a cassette cannot be read",
    run: async (context) => (await import("./report.ts")).report(context),
  },
  open: {
    summary: "show cassettes in the browser",
    operands: "[<cassette>...]",
    names: [0, Number.POSITIVE_INFINITY],
    about:
      "Writes the page of report to a temporary file and opens it in the default browser. Without names, it shows all " +
      "cassettes.",
    options: FOLDERS,
    examples: ["open", "open joke"],
    exitCodes: "0, 1 if a cassette cannot be read or no browser was found",
    run: async (context) => (await import("./report.ts")).open(context),
  },
  check: {
    summary: "find broken cassettes and leftover files, and secrets with --secrets",
    operands: "",
    names: [0, 0],
    about:
      "Reads every cassette. Reports broken ones, older format versions, and temporary files of processes that died. " +
      "The rules under redact in the Vitest config apply; --field, --header, --query, --pattern and --allow add to them.",
    options: {
      secrets: {
        type: "flag",
        help:
          "also report secrets: values of credentials in this environment, known patterns of keys, and secret names of " +
          "fields, headers and parameters",
      },
      fix: {
        type: "flag",
        help: "like --secrets, and replace secrets with placeholders; also delete leftover files",
      },
      field: { type: "list", value: "name", help: "a secret field of bodies (redact.fields)" },
      header: { type: "list", value: "name", help: "a secret header (redact.headers)" },
      query: { type: "list", value: "name", help: "a secret query parameter (redact.query)" },
      pattern: { type: "list", value: "regexp", help: "a pattern of secret text (redact.patterns)" },
      allow: {
        type: "list",
        value: "rule",
        help: "a text, /pattern/ or path that is no secret (redact.allow)",
      },
      ...FOLDERS,
      ...JSON_OUTPUT,
    },
    examples: ["check", "check --secrets", "check --fix --field customer_token"],
    exitCodes: "0 if nothing is left to do, 1 if a problem was found",
    run: async (context) => (await import("./check.ts")).check(context),
  },
  import: {
    summary: "turn a recording of another tool into a cassette",
    operands: "<file>...",
    names: [1, Number.POSITIVE_INFINITY],
    about:
      `Reads recordings of ${TOOLS}, and writes each as a cassette of the same name into the folder of cassettes. ` +
      "Secrets are replaced as in a recording. Lists content that it could not keep.",
    options: {
      to: { type: "text", value: "name", help: "the name of the cassette, for one file" },
      force: { type: "flag", help: "overwrite a cassette" },
      dir: {
        type: "text",
        value: "folder",
        help: 'the folder of cassettes (default: "dir" in the Vitest config, or cassettes)',
      },
      "no-config": { type: "flag", help: "do not read the Vitest config" },
    },
    examples: ["import fixtures/chat.har", "import recordings/joke.yaml --to chat/joke"],
    exitCodes: "0, 1 if a file cannot be read or written",
    run: async (context) => (await import("./import.ts")).importFiles(context),
  },
  prune: {
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
    run: async (context) => (await import("./prune.ts")).prune(context),
  },
  upgrade: {
    summary: "write cassettes as this version of the package would",
    operands: "[<cassette>...]",
    names: [0, Number.POSITIVE_INFINITY],
    about:
      "Rewrites cassettes of older versions in the current format: the format version, the comments above " +
      "interactions, and the order of fields and headers. Prints the changes. Replay stays the same. Your own comments " +
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
    run: async (context) => (await import("./upgrade.ts")).upgrade(context),
  },
  textconv: {
    summary: "print a cassette for git diff",
    operands: "<file>",
    names: [1, 1],
    about:
      "Prints the meaning of a cassette as text that git can compare line by line: requests, decoded answers and calls, without " +
      "ids, times and chunks. Set it up with:\n\n" +
      "  echo 'cassettes/**/*.yaml diff=cassette' >> .gitattributes\n" +
      '  git config diff.cassette.textconv "node_modules/.bin/vitest-cassette textconv"\n\n' +
      "git diff, git log -p and git show then print cassettes this way; --no-textconv prints the files. A file that is " +
      "not a valid cassette is printed as it is.",
    options: {},
    examples: ["textconv cassettes/joke.yaml"],
    exitCodes: "0, 1 if the file cannot be read",
    run: async (context) => (await import("./textconv.ts")).textconv(context),
  },
  wire: {
    summary: "find gaps, duplicates and restarts in an event log or a live stream",
    operands: "<log>|<url>",
    names: [1, 1],
    about:
      "With a file, reads the log that DEBUG=vitest-cassette or the option `debug` writes. Lists the pauses, repetitions and " +
      "restarts of each stream, and the side on which each began: at the provider (CHUNK), in your code (EMIT), or between " +
      "your code and the socket (SOCKET_WRITE). EMIT and SOCKET_WRITE are the streams that you pass through traceStream().\n\n" +
      "With a URL, requests it as curl would, prints each event with its time when it arrives, and checks the stream. The " +
      "request goes to the network; nothing is recorded.",
    options: {
      header: { type: "list", value: "name: value", help: "add a header to the request" },
      data: { type: "text", value: "body", help: "send a body, with the method POST" },
      method: { type: "text", value: "name", help: "the method of the request (default: GET)" },
      gap: { type: "text", value: "ms", help: "the shortest pause to report (default: 1000)" },
    },
    examples: [
      "wire cassette.log",
      "wire http://localhost:3000/api/chat --data '{\"prompt\":\"hi\"}' --header 'content-type: application/json'",
    ],
    exitCodes: "0, 1 if it found a problem",
    run: async (context) => (await import("./wire/wire.ts")).wire(context),
  },
} as const satisfies Readonly<Record<string, Command>>;

export type CommandName = keyof typeof COMMANDS;

export const COMMAND_NAMES = Object.keys(COMMANDS) as readonly CommandName[];

export function isCommandName(word: string): word is CommandName {
  return Object.hasOwn(COMMANDS, word);
}
