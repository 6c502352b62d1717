import { process } from "../cassette/node-process.ts";
import { quoteWord } from "../diagnosis/record-command.ts";
import { tapeOfFailed } from "../storage/names.ts";

/**
 * Describes the recording of a failed test, with commands that work in a shell and in PowerShell. `undefined`
 * for any other file.
 *
 * @param file as messages show it
 */
export function aboutFailedRecording(file: string): string | undefined {
  const tape = tapeOfFailed(file);
  if (tape === undefined) return undefined;
  const [from, to] = [file, tape].map((path) => quoteWord(path, process.platform));
  return `recorded by a test that failed. To accept it: mv ${from} ${to}; to delete it: rm ${from}`;
}
