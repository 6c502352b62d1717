import { CassetteError } from "../cassette/errors.ts";
import { didYouMean } from "./did-you-mean.ts";
import type { Mode, RecordChoice } from "./options.ts";
import { CassetteOptionsError } from "./options-error.ts";

/** What the environment variables of a run say. */
export interface Environment {
  /** `RECORD`. */
  readonly record: RecordChoice;
  /** `CASSETTE_MODE`; `undefined` where it is unset or empty. */
  readonly mode: Mode | undefined;
  /** `true` where `CI` is set and `RECORD_ON_CI` is not. */
  readonly recordingRefused: boolean;
}

const RECORD_VALUES: Readonly<Record<string, RecordChoice>> = {
  "": "off",
  "0": "off",
  false: "off",
  "1": "all",
  true: "all",
  all: "all",
  new: "new",
};

const MODES: readonly Mode[] = ["strict", "warn", "hybrid"];

/**
 * Reads `RECORD`, `CASSETTE_MODE`, `CI` and `RECORD_ON_CI`.
 *
 * @throws CassetteOptionsError for a value of the first two that is none of theirs, listing them.
 */
export function readEnvironment(variables: Readonly<Record<string, string | undefined>>): Environment {
  const record = variables.RECORD ?? "";
  const mode = variables.CASSETTE_MODE || undefined;
  const problems: string[] = [];
  if (!Object.hasOwn(RECORD_VALUES, record)) {
    problems.push(
      `RECORD is '${record}', but must be unset, '0' or 'false' to play only; '1', 'true' or 'all' to record anew; or 'new' to record what is not on the tape.${hint(record, Object.keys(RECORD_VALUES))}`,
    );
  }
  if (mode !== undefined && !isMode(mode)) {
    problems.push(
      `CASSETTE_MODE is '${mode}', but must be unset or one of ${MODES.map((each) => `'${each}'`).join(", ")}.${hint(mode, MODES)}`,
    );
  }
  if (problems.length > 0) throw new CassetteOptionsError("the environment", problems);
  return {
    record: RECORD_VALUES[record] as RecordChoice,
    mode: mode as Mode | undefined,
    recordingRefused: isSet(variables.CI) && !isSet(variables.RECORD_ON_CI),
  };
}

/** In the shell of Windows the value of `set RECORD=1 && vitest` ends in a blank. */
function hint(value: string, valid: readonly string[]): string {
  const word = value.trim();
  const meant = word.length < 2 ? valid.find((each) => each === word) : didYouMean(word, valid);
  return meant ? ` Did you mean '${meant}'?` : "";
}

function isMode(value: string): value is Mode {
  return (MODES as readonly string[]).includes(value);
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== "" && value !== "0" && value !== "false";
}

/** Recording was asked for in CI. */
export class CassetteRecordingRefusedError extends CassetteError {
  override readonly name = "CassetteRecordingRefusedError";

  constructor() {
    super(
      "CASSETTE_RECORDING_REFUSED",
      "Failed to record: RECORD is set, but so is CI, and recording is refused there. " +
        "Record on your own machine and commit the cassettes, or set RECORD_ON_CI=1 where CI is meant to record.",
    );
  }
}

/**
 * Lets a run go on that does not record or may.
 *
 * @throws CassetteRecordingRefusedError where `RECORD` asks to record and `CI` refuses.
 */
export function assertRecordingAllowed({ record, recordingRefused }: Environment): void {
  if (record !== "off" && recordingRefused) throw new CassetteRecordingRefusedError();
}

/** Why a miss is not recorded, to stand after "recording is off: ". */
export function whyNotRecording({ record, recordingRefused }: Environment, mode: Mode): string {
  if (recordingRefused) return mode === "hybrid" ? "CI is set, so hybrid plays as strict" : "CI is set";
  if (record === "off" && mode !== "hybrid") return "RECORD is not set";
  return "what is on the tape is only recorded anew with RECORD=1";
}
