import { relative, sep } from "node:path";
import { CassetteError } from "../cassette/errors.ts";
import { asError } from "../cassette/is-error.ts";
import { process } from "../cassette/node-process.ts";
import { quoteWord } from "../diagnosis/record-command.ts";
import { failedFile } from "../storage/names.ts";
import type { Saved } from "./save-tape.ts";
import type { SessionSettings } from "./session-settings.ts";
import { fileOfLabel } from "./test-label.ts";
import { workerState } from "./worker-state.ts";

export type AboutTape = Pick<SessionSettings, "recordCommand" | "label"> & {
  readonly tape: Pick<SessionSettings["tape"], "file" | "shownFile">;
};

/** Says where recordings went if that is not the obvious place. */
export function savedMessage(saved: Saved, { tape, recordCommand, label }: AboutTape): string | undefined {
  const { shownFile } = tape;
  const shared = label !== undefined;
  switch (saved.kind) {
    case "in-place":
      if (saved.large === undefined) return undefined;
      return (
        `${shownFile} has ${Math.round(saved.large / 1024 / 1024)} MiB, so it is slow to open and hard to review. ` +
        "Split the test, give the tests that share it cassettes of their own, lower maxBytes, or ignore requests that the test does not need."
      );
    case "nothing":
      return undefined;
    case "old-stays":
      return `Nothing was recorded: ${shared ? "no test" : "the test"} sent ${shared ? "a" : "no"} request that the cassette records. The old tape ${shownFile} stays.`;
    case "beside": {
      const why =
        saved.unkept !== undefined
          ? `"${saved.unkept}" did not run, and its recordings have another frozen clock`
          : shared
            ? "A test that records into this tape failed"
            : "The test did not pass";
      return (
        `${why}, so the new recording was kept beside the old tape, which stays: ${saved.shownFile}\n` +
        `To accept it: ${acceptFailedCommand(tape.file)}`
      );
    }
    case "first-of-failed-test":
      return (
        `${shared ? "A test that records into this tape failed" : "The test did not pass"}. The recording is the first, so it was kept as ${shownFile}; check it before you commit it.\n` +
        `Once ${shared ? "all tests pass" : "the test passes"}, record it again: ${recordCommand(othersOf(label))}`
      );
  }
}

/** Means the other tests of a file that share a tape. */
export function othersOf(label: string | undefined): readonly string[] {
  return label === undefined ? [] : [fileOfLabel(label)];
}

/** The error for a tape that cannot be written. */
export function writeError({ tape, recordCommand, label }: AboutTape, error: unknown): CassetteError {
  if (error instanceof CassetteError) return error;
  const why = asError(error).message;
  return new CassetteError(
    "CASSETTE_WRITE",
    `Failed to write cassette ${tape.shownFile}: ${why}. Your code got its responses and the old cassette is intact. Fix this and record again: ${recordCommand(othersOf(label))}`,
    { cause: error },
  );
}

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
