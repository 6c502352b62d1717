import { types } from "node:util";
import { parsePath } from "../matching/path.ts";
import {
  aBoolean,
  aFunction,
  aRegExp,
  aString,
  type Check,
  checkFields,
  isPlainObject,
  listOf,
  oneOf,
  problem,
  satisfies,
  shape,
} from "./check.ts";
import { isPort } from "./live-options.ts";
import { parseAge, VALID_AGE } from "./max-age.ts";
import type { CassetteOptions, LiveOptions, ProjectOptions } from "./options.ts";
import { CassetteOptionsError } from "./options-error.ts";

const aPath: Check = (value, option) => {
  if (typeof value !== "string") return problem(value, option, "a path such as 'messages[*].id'");
  try {
    parsePath(value);
    return [];
  } catch (error) {
    return [`${option}: ${(error as SyntaxError).message}.`];
  }
};

const aCount = satisfies(
  (value) => Number.isSafeInteger(value) && (value as number) >= 0,
  "a non-negative integer",
);
const aSize = satisfies(
  (value) => Number.isSafeInteger(value) && (value as number) >= 1,
  "a positive integer",
);
const aDuration = satisfies(
  (value) => typeof value === "number" && value >= 0,
  "a non-negative number of milliseconds",
);

const aHeaderName = satisfies(
  (value) => typeof value === "string" && /^[\w!#$%&'*+.^`|~-]+$/.test(value),
  "a header name",
);

const aSelector = satisfies(
  (value) =>
    (typeof value === "string" && value !== "") || types.isRegExp(value) || typeof value === "function",
  "a URL prefix, a regular expression, or a function of the request",
);

const aProgram = satisfies(
  (value) => (typeof value === "string" && /^[^\s/\\]+$/.test(value)) || types.isRegExp(value),
  "the name of a program such as 'git', or a regular expression on the command line",
);

const aProcess: Check = (value, option) => {
  if (!isPlainObject(value)) return aProgram(value, option);
  const problems = checkFields(value, option, { command: aProgram, env: listOf(aString) });
  return value.command === undefined ? [...aProgram(undefined, `${option}.command`), ...problems] : problems;
};

const CHUNKS = "'recorded', 'whole', 'events', 'bytes', { size } or { seed }";
const chunks: Check = (value, option) => {
  if (value === "recorded" || value === "whole" || value === "events" || value === "bytes") return [];
  if (!isPlainObject(value) || Object.keys(value).length !== 1) return problem(value, option, CHUNKS);
  return checkFields(value, option, { size: aSize, seed: aCount });
};

const faultPlace: Check = (value, option) => {
  if (typeof value === "number") return aCount(value, option);
  if (!isPlainObject(value) || Object.keys(value).length !== 1) {
    return problem(value, option, "a number of chunks, { chunks }, { events } or { ms }");
  }
  return checkFields(value, option, { chunks: aCount, events: aCount, ms: aDuration });
};

const fault: Check = (value, option) => {
  if (value === false) return [];
  const fields = { after: faultPlace, kind: oneOf("cut", "reset", "stall", "error"), ms: aDuration };
  const problems = shape(fields, "false or { after, kind, ms }")(value, option);
  if (problems.length > 0 || !isPlainObject(value)) return problems;
  return (["after", "kind"] as const).flatMap((key) =>
    value[key] === undefined ? fields[key](undefined, `${option}.${key}`) : [],
  );
};

const freeze: Check = (value, option) =>
  typeof value === "boolean"
    ? []
    : shape({ time: aBoolean, random: aBoolean, uuid: aBoolean }, "true, false or { time, random, uuid }")(
        value,
        option,
      );

const has = (method: string, valid: string): Check =>
  satisfies((value) => typeof (value as Record<string, unknown> | null)?.[method] === "function", valid);

const otel: Check = (value, option) =>
  typeof value === "boolean"
    ? []
    : shape(
        {
          tracer: has("startSpan", "a Tracer of @opentelemetry/api"),
          meter: has("createHistogram", "a Meter of @opentelemetry/api"),
          content: aBoolean,
        },
        "true, false or { tracer, meter, content }",
      )(value, option);

// A shorter string would match too much that is not secret.
const aSecret = satisfies(
  (value) => typeof value === "string" && value.length >= 4,
  "a string of at least 4 characters",
);

const TEST_OPTIONS = {
  mode: oneOf("strict", "warn", "hybrid"),
  scope: oneOf("test", "file"),
  include: listOf(aSelector),
  ignore: listOf(aSelector),
  match: shape({ ignore: listOf(aPath), headers: listOf(aHeaderName), normalize: aFunction, by: aFunction }),
  repeat: oneOf("never", "last"),
  order: oneOf("any", "recorded"),
  unplayed: oneOf("error", "warn", "ignore"),
  pacing: satisfies(
    (value) =>
      value === "instant" || value === "recorded" || (Number.isFinite(value) && (value as number) > 0),
    "'instant', 'recorded' or a speed factor above 0",
  ),
  chunks,
  fault,
  freeze,
  maxAge: satisfies((value) => value === false || parseAge(value) !== undefined, VALID_AGE),
  stale: oneOf("error", "warn", "record"),
  redact: shape(
    {
      headers: listOf(aHeaderName),
      fields: listOf(aString),
      query: listOf(aString),
      values: listOf(aSecret),
      patterns: listOf(aRegExp),
      replace: aFunction,
      restore: aBoolean,
      allow: listOf(aString),
    },
    "an object: secrets are always removed, redact only adds rules",
  ),
  maxBytes: aSize,
  calls: (value, option) =>
    isPlainObject(value)
      ? Object.entries(value).flatMap(([name, policy]) =>
          oneOf("replay", "live", "ignore")(policy, `${option}.${name}`),
        )
      : problem(value, option, "an object of 'replay', 'live' or 'ignore' by the name of a function"),
  processes: listOf(aProcess),
  liveAfter: aString,
  otel,
} satisfies Record<keyof CassetteOptions, Check>;

const LIVE_OPTIONS = {
  port: satisfies(isPort, "a port: an integer from 0 to 65535"),
  host: aString,
  open: aBoolean,
} satisfies Record<keyof LiveOptions, Check>;

const live: Check = (value, option) =>
  typeof value === "boolean" ? [] : shape(LIVE_OPTIONS, "true, false or { port, host, open }")(value, option);

const PROJECT_OPTIONS = {
  ...TEST_OPTIONS,
  dir: aString,
  outside: oneOf("bypass", "warn", "error"),
  placeholderKeys: aBoolean,
  debug: satisfies(
    (value) => typeof value === "boolean" || (typeof value === "string" && value !== ""),
    "true, false, or the name of a file",
  ),
  summary: aBoolean,
  live,
  maxTapeBytes: aSize,
  maxInlineBytes: aSize,
} satisfies Record<keyof ProjectOptions, Check>;

const PLUGIN_ONLY: Readonly<Record<string, Check>> = Object.fromEntries(
  Object.keys(PROJECT_OPTIONS).map((key) => [
    key,
    () => [`${key} is an option of the plugin only. Set it in vitest.config.ts.`],
  ]),
);

/** Who gave the options, as errors name them. */
const TEST = "useCassette()";
const PROJECT = "the plugin";

/**
 * Checks the options of `useCassette()`.
 *
 * @throws CassetteOptionsError for an unknown option or an invalid value. It lists what is valid.
 */
export function checkOptions(options: unknown): asserts options is CassetteOptions {
  check(options, TEST, { ...PLUGIN_ONLY, ...TEST_OPTIONS }, Object.keys(TEST_OPTIONS));
}

/**
 * Checks the options of a function that takes some of them.
 *
 * @throws CassetteOptionsError for another option or an invalid value. It lists what is valid.
 */
export function checkSomeOptions(
  options: unknown,
  givenBy: string,
  names: readonly (keyof CassetteOptions)[],
): void {
  check(options, givenBy, Object.fromEntries(names.map((name) => [name, TEST_OPTIONS[name]])));
}

/**
 * Checks the options of the plugin.
 *
 * @throws CassetteOptionsError for an unknown option or an invalid value. It lists what is valid.
 */
export function checkProjectOptions(options: unknown): asserts options is ProjectOptions {
  check(options, PROJECT, PROJECT_OPTIONS);
}

/**
 * Checks the options of `startLiveView`.
 *
 * @throws CassetteOptionsError for an unknown option or an invalid value. It lists what is valid.
 */
export function checkLiveOptions(options: unknown): asserts options is LiveOptions {
  check(options, "startLiveView", LIVE_OPTIONS);
}

function check(
  options: unknown,
  givenBy: string,
  fields: Readonly<Record<string, Check>>,
  valid?: readonly string[],
): void {
  const problems = isPlainObject(options)
    ? checkFields(options, "", fields, valid)
    : problem(options, "The argument", "an object of options");
  if (problems.length > 0) throw new CassetteOptionsError(givenBy, problems);
}
