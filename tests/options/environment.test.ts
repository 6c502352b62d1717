import { expect, test } from "vitest";
import {
  assertRecordingAllowed,
  CassetteRecordingRefusedError,
  readEnvironment,
  whyNotRecording,
} from "../../src/options/environment.ts";
import { CassetteOptionsError } from "../../src/options/options-error.ts";

function thrown(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}

test.each([
  [undefined, "off"],
  ["", "off"],
  ["0", "off"],
  ["false", "off"],
  ["1", "all"],
  ["true", "all"],
  ["all", "all"],
  ["new", "new"],
  ["update", "update"],
])("RECORD=%s is %s", (RECORD, record) => {
  expect(readEnvironment({ RECORD }).record).toBe(record);
});

test.each([
  ["yes", ""],
  ["once", ""],
  ["2", ""],
  ["TRUE", " Did you mean 'true'?"],
  ["1 ", " Did you mean '1'?"],
  ["nwe", " Did you mean 'new'?"],
  ["updat", " Did you mean 'update'?"],
  ["toString", ""],
])("RECORD=%s is an error that lists valid values and a suggestion", (RECORD, hint) => {
  const error = thrown(() => readEnvironment({ RECORD })) as CassetteOptionsError;
  expect(error).toBeInstanceOf(CassetteOptionsError);
  expect(error.code).toBe("CASSETTE_OPTIONS");
  expect(error.message).toBe(
    `Failed to read the options of the environment: RECORD is '${RECORD}', but must be unset, '0' or 'false' to replay; '1', 'true' or 'all' to re-record; 'new' to record only new requests; or 'update' to also drop unused recordings.${hint}`,
  );
});

test.each([
  [undefined, undefined],
  ["", undefined],
  ["strict", "strict"],
  ["warn", "warn"],
  ["hybrid", "hybrid"],
])("CASSETTE_MODE=%s is %s", (CASSETTE_MODE, mode) => {
  expect(readEnvironment({ CASSETTE_MODE }).mode).toBe(mode);
});

test("every problem with the environment is reported at once", () => {
  const error = thrown(() =>
    readEnvironment({ RECORD: "once", CASSETTE_MODE: "lax" }),
  ) as CassetteOptionsError;
  expect(error.message).toMatchInlineSnapshot(`
    "Failed to read the options of the environment:
    - RECORD is 'once', but must be unset, '0' or 'false' to replay; '1', 'true' or 'all' to re-record; 'new' to record only new requests; or 'update' to also drop unused recordings.
    - CASSETTE_MODE is 'lax', but must be unset or one of 'strict', 'warn', 'hybrid'."
  `);
});

test.each([
  [{}, false],
  [{ CI: "" }, false],
  [{ CI: "0" }, false],
  [{ CI: "false" }, false],
  [{ CI: "true" }, true],
  [{ CI: "1" }, true],
  [{ CI: "github" }, true],
  [{ CI: "true", RECORD_ON_CI: "1" }, false],
  [{ CI: "true", RECORD_ON_CI: "0" }, true],
  [{ CI: "true", RECORD_ON_CI: "" }, true],
])("with %o recording refused is %s", (variables, refused) => {
  expect(readEnvironment(variables).recordingRefused).toBe(refused);
});

test("recording in CI is refused, with the next step", () => {
  const error = thrown(() => assertRecordingAllowed(readEnvironment({ CI: "true", RECORD: "1" })));
  expect(error).toBeInstanceOf(CassetteRecordingRefusedError);
  expect((error as Error).message).toMatchInlineSnapshot(
    `"Failed to record: RECORD is set, but CI is set too, and recording is refused in CI. Record on your own machine and commit the cassettes, or set RECORD_ON_CI=1 if this job should record."`,
  );
  expect(thrown(() => assertRecordingAllowed(readEnvironment({ CI: "true", RECORD: "new" })))).toMatchObject({
    code: "CASSETTE_RECORDING_REFUSED",
  });
});

test("playing in CI is allowed, and so is recording with RECORD_ON_CI", () => {
  for (const variables of [{ CI: "true" }, { CI: "true", RECORD: "1", RECORD_ON_CI: "1" }, { RECORD: "1" }]) {
    expect(() => assertRecordingAllowed(readEnvironment(variables))).not.toThrow();
  }
});

test("a miss can say why it was not recorded", () => {
  expect(whyNotRecording(readEnvironment({}), "strict")).toBe("RECORD is not set");
  expect(whyNotRecording(readEnvironment({ CI: "1" }), "strict")).toBe("CI is set");
  expect(whyNotRecording(readEnvironment({ CI: "1" }), "hybrid")).toBe(
    "CI is set, so hybrid works like strict",
  );
});
