import { types } from "node:util";
import { parsePath } from "../matching/path.ts";
import {
  aBoolean,
  aFunction,
  aRegExp,
  aText,
  type Check,
  checkFields,
  holds,
  isPlainObject,
  listOf,
  oneOf,
  problem,
  shape,
} from "./check.ts";
import { parseAge, VALID_AGE } from "./max-age.ts";
import type { CassetteOptions, ProjectOptions } from "./options.ts";
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

const aCount = holds(
  (value) => Number.isSafeInteger(value) && (value as number) >= 0,
  "a whole number from 0 on",
);
const aSize = holds(
  (value) => Number.isSafeInteger(value) && (value as number) >= 1,
  "a whole number from 1 on",
);
const milliseconds = holds(
  (value) => typeof value === "number" && value >= 0,
  "a number of milliseconds from 0 on",
);

const aHeaderName = holds(
  (value) => typeof value === "string" && /^[\w!#$%&'*+.^`|~-]+$/.test(value),
  "the name of a header",
);

const selector = holds(
  (value) =>
    (typeof value === "string" && value !== "") || types.isRegExp(value) || typeof value === "function",
  "a prefix of a URL, a regular expression, or a function of the request",
);

const CHUNKS = "'recorded', 'whole', 'bytes', { size } or { seed }";
const chunks: Check = (value, option) => {
  if (value === "recorded" || value === "whole" || value === "bytes") return [];
  if (!isPlainObject(value) || Object.keys(value).length !== 1) return problem(value, option, CHUNKS);
  return checkFields(value, option, { size: aSize, seed: aCount });
};

const faultPlace: Check = (value, option) => {
  if (typeof value === "number") return aCount(value, option);
  if (!isPlainObject(value) || Object.keys(value).length !== 1) {
    return problem(value, option, "a number of chunks, { chunks }, { events } or { ms }");
  }
  return checkFields(value, option, { chunks: aCount, events: aCount, ms: milliseconds });
};

const fault: Check = (value, option) => {
  if (value === false) return [];
  const fields = { after: faultPlace, kind: oneOf("cut", "reset", "stall", "error"), ms: milliseconds };
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

// Shorter ones stand in too much that is no secret.
const aSecret = holds(
  (value) => typeof value === "string" && value.length >= 4,
  "a text of at least 4 characters",
);

const OF_A_TEST = {
  mode: oneOf("strict", "warn", "hybrid"),
  scope: oneOf("test", "file"),
  include: listOf(selector),
  ignore: listOf(selector),
  match: shape({ ignore: listOf(aPath), headers: listOf(aHeaderName), normalize: aFunction, by: aFunction }),
  repeat: oneOf("never", "last"),
  order: oneOf("any", "recorded"),
  unplayed: oneOf("error", "warn", "ignore"),
  pacing: holds(
    (value) =>
      value === "instant" || value === "recorded" || (Number.isFinite(value) && (value as number) > 0),
    "'instant', 'recorded' or a speed factor above 0",
  ),
  chunks,
  fault,
  freeze,
  maxAge: holds((value) => value === false || parseAge(value) !== undefined, VALID_AGE),
  stale: oneOf("error", "warn", "record"),
  redact: shape(
    {
      headers: listOf(aHeaderName),
      fields: listOf(aText),
      query: listOf(aText),
      values: listOf(aSecret),
      patterns: listOf(aRegExp),
      replace: aFunction,
      restore: aBoolean,
      allow: listOf(aText),
    },
    "an object: what is secret is always removed, redact only adds to it",
  ),
  maxBytes: aSize,
} satisfies Record<keyof CassetteOptions, Check>;

const OF_A_PROJECT = {
  ...OF_A_TEST,
  dir: aText,
  outside: oneOf("bypass", "warn", "error"),
  placeholderKeys: aBoolean,
  maxTapeBytes: aSize,
} satisfies Record<keyof ProjectOptions, Check>;

const PLUGIN_ONLY: Readonly<Record<string, Check>> = Object.fromEntries(
  Object.keys(OF_A_PROJECT).map((key) => [
    key,
    () => [`${key} is an option of the plugin only: set it in vitest.config.ts.`],
  ]),
);

/** Says who gave the options, in errors. */
const TEST = "useCassette()";
const PROJECT = "the plugin";

/**
 * Checks what was given to `useCassette()`.
 *
 * @throws CassetteOptionsError for an unknown option or a value that is not valid, listing what is.
 */
export function checkOptions(options: unknown): asserts options is CassetteOptions {
  check(options, TEST, { ...PLUGIN_ONLY, ...OF_A_TEST }, Object.keys(OF_A_TEST));
}

/**
 * Checks what was given to the plugin.
 *
 * @throws CassetteOptionsError for an unknown option or a value that is not valid, listing what is.
 */
export function checkProjectOptions(options: unknown): asserts options is ProjectOptions {
  check(options, PROJECT, OF_A_PROJECT);
}

function check(
  options: unknown,
  givenBy: string,
  fields: Readonly<Record<string, Check>>,
  valid?: readonly string[],
): void {
  const problems = isPlainObject(options)
    ? checkFields(options, "", fields, valid)
    : problem(options, "What was given", "an object of options");
  if (problems.length > 0) throw new CassetteOptionsError(givenBy, problems);
}
