import { relative, sep } from "node:path";
import { process } from "../cassette/node-process.ts";
import { quoteWord } from "../diagnosis/record-command.ts";
import { failedFile } from "../storage/names.ts";
import { workerState } from "./worker-state.ts";

/**
 * Returns the command that puts what a failed test has recorded in place of its tape, to be run where the tests were
 * started.
 *
 * @param file absolute path of the tape
 */
export function acceptFailedCommand(file: string): string {
  const { root, commandLine } = workerState().settings;
  const [from, to] = [failedFile(file), file].map((path) =>
    quoteWord(
      relative(commandLine?.cwd ?? root, path)
        .split(sep)
        .join("/"),
      process.platform,
    ),
  );
  return `mv ${from} ${to}`;
}
