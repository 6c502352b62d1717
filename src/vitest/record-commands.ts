import { relative, resolve, sep } from "node:path";
import { process } from "../cassette/node-process.ts";
import { recordCommand, type TestAddress } from "../diagnosis/record-command.ts";
import type { ResolvedOptions } from "../options/options.ts";
import type { SessionSettings } from "../session/session-settings.ts";
import { fileOfLabel, namesOfLabel } from "../session/test-label.ts";
import type { ProjectSettings } from "../session/worker-state.ts";

/**
 * Returns a function that makes the command to record a cassette, together with other tests that record into it, by
 * their labels. If some are in other files, it updates the tape, and leaves these out: only the tests of one file may
 * replace it. A test with `fault` or `chunks` never records: without labels, all that is known is that some test of its
 * file does.
 *
 * @param names of the test and its suites; `undefined` for the whole file
 */
export function recordCommandOf(
  testFile: string,
  names: readonly string[] | undefined,
  { fault, chunks }: Pick<ResolvedOptions, "fault" | "chunks">,
  { root, commandLine }: ProjectSettings,
): SessionSettings["recordCommand"] {
  const { cwd = root } = commandLine ?? {};
  const address = (file: string, of?: readonly string[]): TestAddress => ({
    file: relative(cwd, resolve(root, file)).split(sep).join("/"),
    names: of,
  });
  const records = fault === undefined && chunks === "recorded";
  return (others, record = "1") => {
    const isShared = others.some((label) => fileOfLabel(label) !== testFile);
    const ofFile = others.filter((label) => fileOfLabel(label) === testFile);
    const tests = ofFile.map((label) => address(testFile, namesOfLabel(label)));
    const own = address(testFile, records ? names : undefined);
    return recordCommand(records || tests.length === 0 ? [own, ...tests] : tests, {
      ...commandLine,
      record: isShared ? "update" : record,
      platform: process.platform,
    });
  };
}
