import { relative, resolve, sep } from "node:path";
import { recordCommand, type TestAddress } from "../diagnosis/record-command.ts";
import type { ResolvedOptions } from "../options/options.ts";
import type { ProjectSettings } from "../session/worker-state.ts";

/** Separates the file, the suites and the test in the label of a recording. */
export const LABEL_SEPARATOR = " › ";

export interface RecordCommands {
  readonly recordCommand: string;
  /** The command for a cassette that other tests, given by their labels, have recorded into. */
  readonly recordTogether: (labels: readonly string[]) => string;
}

/**
 * Returns the commands that messages suggest. A test with `fault` or `chunks` never records: without labels, all that
 * is known is that some test of its file does.
 *
 * @param names of the test and its suites; `undefined` for the whole file
 */
export function recordCommands(
  testFile: string,
  names: readonly string[] | undefined,
  options: Pick<ResolvedOptions, "fault" | "chunks">,
  { root, commandLine }: ProjectSettings,
): RecordCommands {
  const { cwd = root } = commandLine ?? {};
  const address = (file: string, of?: readonly string[]): TestAddress => ({
    file: relative(cwd, resolve(root, file)).split(sep).join("/"),
    names: of,
  });
  const command = (tests: readonly TestAddress[]): string =>
    recordCommand(tests, { ...commandLine, platform: process.platform });
  const records = options.fault === undefined && options.chunks === "recorded";
  const own = address(testFile, records ? names : undefined);
  return {
    recordCommand: command([own]),
    recordTogether: (labels) => {
      const others = labels.map((label) => {
        const [file = testFile, ...rest] = label.split(LABEL_SEPARATOR);
        return address(file, rest.length === 0 ? undefined : [rest.join(LABEL_SEPARATOR)]);
      });
      return command(records ? [own, ...others] : others);
    },
  };
}
