import { CassetteError } from "../cassette/errors.ts";
import { isError } from "../cassette/is-error.ts";
import type { Interaction, RecordedRequest } from "../cassette/model.ts";
import { acceptCommand } from "../diagnosis/accept-failed-command.ts";
import type { Recording, Saved } from "./open-tape.ts";
import type { Recorder } from "./recorder.ts";
import type { SessionSettings } from "./session-settings.ts";

/** What a session has recorded, and what its tape needs to know of it. */
export interface Recorded
  extends Pick<Recording, "how" | "base" | "playedAny" | "startedAt" | "frozen" | "failed"> {
  readonly recorder: Recorder;
}

export interface Kept {
  /** What to say where the recording was not put in its place. */
  readonly kept: string | undefined;
  /** What the test has to be told. */
  readonly problems: readonly Error[];
}

/** Waits for what is on its way, and writes the tape. Never rejects. */
export async function keepRecording(settings: SessionSettings, recorded: Recorded): Promise<Kept> {
  const { file, shownFile, owner, named, label, shelf, redactor, options } = settings;
  const { recorder, ...about } = recorded;
  const problems: Error[] = [];
  try {
    const settled = await recorder.settle();
    const { overflowed } = recorder;
    for (const request of overflowed) {
      problems.push(new CassetteError("CASSETTE_BODY_TOO_LARGE", tooLarge(request, options.maxBytes)));
    }
    const additions = settled.map(({ interaction, after }) => ({
      after,
      interaction: {
        ...interaction,
        ...(label === undefined ? {} : { test: label }),
      },
    }));
    // What was there before may be whole.
    const failed = about.failed || overflowed.length > 0;
    const isOwn = ({ test }: Interaction): boolean =>
      label === undefined ? named === undefined : test === label;
    const saved = await shelf.save({ ...about, failed, file, shownFile, owner, isOwn, additions, redactor });
    return { kept: keptText(saved, settings), problems };
  } catch (error) {
    return { kept: undefined, problems: [...problems, writeError(settings, error)] };
  }
}

function keptText(saved: Saved, { shownFile, recordCommand, options }: SessionSettings): string | undefined {
  const ofFile = options.scope === "file";
  const accept = `To accept it: ${acceptCommand(shownFile)}`;
  const failed = ofFile ? "Not every test of the file ran and passed" : "The test did not pass";
  switch (saved.kept) {
    case "in-place":
      return undefined;
    case "beside":
      return (
        `${failed}, so its new recording was kept beside the old tape, which stays: ${saved.shownFile}\n` +
        accept
      );
    case "beside-with-others":
      return (
        "Another test that records into the same tape failed, so what all of them recorded was kept beside the " +
        `old tape, which stays: ${saved.shownFile}\n${accept}`
      );
    case "first-of-a-failed-test":
      return (
        `${failed}. Its recording is the first, so it was kept as ${shownFile}; look at it before you commit it.\n` +
        `Once ${ofFile ? "all of them pass" : "the test passes"}, record it again: ${recordCommand}`
      );
  }
}

function writeError({ shownFile, recordCommand }: SessionSettings, error: unknown): CassetteError {
  if (error instanceof CassetteError) return error;
  const why = isError(error) ? error.message : String(error);
  return new CassetteError(
    "CASSETTE_WRITE",
    `Failed to write cassette ${shownFile}: ${why}. The code under test got its answers, and the old tape, if there was one, is whole. Mend this and record again: ${recordCommand}`,
    { cause: error },
  );
}

function tooLarge({ method, url }: RecordedRequest, maxBytes: number): string {
  return (
    `The answer to ${method} ${url} is longer than maxBytes (${maxBytes}). The code under test got all of it, ` +
    "but the tape holds only its beginning. Raise maxBytes for this test, or ignore this request."
  );
}
