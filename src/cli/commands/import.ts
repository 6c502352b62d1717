import { TOOLS } from "../../importers/read-recording.ts";
import type { Command } from "../command.ts";

export const importCommand: Command = {
  summary: "turn a recording of another tool into a cassette",
  operands: "<file>...",
  names: [1, Number.POSITIVE_INFINITY],
  about:
    `Reads recordings of ${TOOLS}, and writes each as a cassette of the same name into the folder of cassettes. ` +
    "Secrets are replaced as in a recording. It says what could not be kept.",
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
  run: async (context) => (await import("../import.ts")).importFiles(context),
};
