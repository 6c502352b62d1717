import { quoteWord } from "../diagnosis/record-command.ts";
import { tapeOfFailed } from "../storage/names.ts";

/**
 * What the recording of a failed test is and what can be done with it; `undefined` for any other file. The same
 * commands stand in a shell and in PowerShell.
 *
 * @param file as messages show it
 */
export function aboutFailedRecording(file: string): string | undefined {
  const tape = tapeOfFailed(file);
  if (tape === undefined) return undefined;
  const [from, to] = [file, tape].map((path) => quoteWord(path, process.platform));
  return `recorded by a test that failed. To accept it: mv ${from} ${to}; to be rid of it: rm ${from}`;
}
