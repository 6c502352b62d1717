import { CassetteError } from "../cassette/errors.ts";
import { didYouMean } from "./did-you-mean.ts";
import type { Mode, RecordChoice } from "./options.ts";
import { CassetteOptionsError } from "./options-error.ts";

/** The environment variables of a run, parsed. */
export interface Environment {
  /** `RECORD`. */
  readonly record: RecordChoice;
  /** `CASSETTE_MODE`; `undefined` if it is unset or empty. */
  readonly mode: Mode | undefined;
  /** `true` if `CI` is set and `RECORD_ON_CI` is not. */
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
  update: "update",
};

const MODES: readonly Mode[] = ["strict", "warn", "hybrid"];

/**
 * Reads `RECORD`, `CASSETTE_MODE`, `CI` and `RECORD_ON_CI`.
 *
 * @throws CassetteOptionsError for an invalid value of the first two. It lists the valid ones.
 */
export function readEnvironment(variables: Readonly<Record<string, string | undefined>>): Environment {
  const record = variables.RECORD ?? "";
  const mode = variables.CASSETTE_MODE || undefined;
  const problems: string[] = [];
  if (!Object.hasOwn(RECORD_VALUES, record)) {
    problems.push(
      `RECORD is '${record}', but must be unset, '0' or 'false' to replay; '1', 'true' or 'all' to re-record; 'new' to record only new requests; or 'update' to also drop unused recordings.${hint(record, Object.keys(RECORD_VALUES))}`,
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

/** On Windows, `set RECORD=1 && vitest` sets a value that ends in a space. */
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

/** `RECORD` and `CI` are both set. */
export class CassetteRecordingRefusedError extends CassetteError {
  override readonly name = "CassetteRecordingRefusedError";

  constructor() {
    super(
      "CASSETTE_RECORDING_REFUSED",
      "Failed to record: RECORD is set, but CI is set too, and recording is refused in CI. " +
        "Record on your own machine and commit the cassettes, or set RECORD_ON_CI=1 if this job should record.",
    );
  }
}

/**
 * Checks that a run which should record may do so.
 *
 * @throws CassetteRecordingRefusedError if `RECORD` is set and `CI` refuses it.
 */
export function assertRecordingAllowed({ record, recordingRefused }: Environment): void {
  if (record !== "off" && recordingRefused) throw new CassetteRecordingRefusedError();
}

/** Says why a miss is not recorded; completes the text "not recording: ". */
export function whyNotRecording({ record, recordingRefused }: Environment, mode: Mode): string {
  if (recordingRefused) return mode === "hybrid" ? "CI is set, so hybrid works like strict" : "CI is set";
  if (record === "off" && mode !== "hybrid") return "RECORD is not set";
  return "only RECORD=1 and RECORD=update record a request again";
}
