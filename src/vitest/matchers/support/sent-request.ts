import type { RecordedRequest } from "../../../cassette/model.ts";
import { headerOf } from "../../../http/headers.ts";
import { parseJson } from "../../../streams/parse-json.ts";
import { decodeText } from "../../../streams/text.ts";
import { checkNames, checkText, isFields, MatcherArgumentError } from "./arguments.ts";
import { type HeldAgainst, heldAgainst } from "./closest-match.ts";
import type { MatcherContext } from "./context.ts";
import {
  type AsymmetricMatcher,
  isAboutText,
  isAsymmetric,
  isEqual,
  isText,
  type TextExpectation,
} from "./equality.ts";
import { value } from "./show.ts";

/** A request as it is expected. What is not named is not compared. */
export interface RequestExpectation {
  /** In any case. */
  readonly method?: TextExpectation | undefined;
  /** A part of the URL or all of it, or a pattern in it. */
  readonly url?: string | RegExp | URL | AsymmetricMatcher | undefined;
  /** By name in any case; others may be there as well. A header that was sent twice has its values joined by `, `. */
  readonly headers?: Readonly<Record<string, TextExpectation>> | undefined;
  /**
   * JSON and form bodies as values, compared as `toEqual` does; text otherwise. A regular expression looks for
   * a pattern in the text.
   */
  readonly body?: unknown;
}

const FIELDS = ["method", "url", "headers", "body"] as const;

export type RequestField = (typeof FIELDS)[number];

/** @throws MatcherArgumentError for what is no request */
export function requestExpectation(
  matcher: string,
  given: RequestExpectation | string | RegExp | URL | undefined,
): RequestExpectation {
  if (given === undefined) return {};
  if (typeof given === "string" || given instanceof RegExp || given instanceof URL) return { url: given };
  if (!isFields(given)) {
    throw new MatcherArgumentError(
      matcher,
      `it takes a URL or an object of ${FIELDS.join(", ")}, not ${value(given)}.`,
    );
  }
  checkNames(matcher, given, FIELDS, "field");
  const { method, url, headers } = given;
  if (method !== undefined) checkText(matcher, "`method`", method);
  if (url !== undefined && !(url instanceof URL)) checkText(matcher, "`url`", url);
  if (headers !== undefined && !isFields(headers)) {
    throw new MatcherArgumentError(
      matcher,
      `\`headers\` is an object of values by name, not ${value(headers)}.`,
    );
  }
  return given;
}

/** Those fields of a request in which it is not what is expected. */
export function differingFields(
  context: MatcherContext,
  request: RecordedRequest,
  expected: RequestExpectation,
): readonly RequestField[] {
  return FIELDS.filter(
    (field) => expected[field] !== undefined && !isField(context, field, request, expected),
  );
}

function isField(
  context: MatcherContext,
  field: RequestField,
  request: RecordedRequest,
  expected: RequestExpectation,
): boolean {
  switch (field) {
    case "method": {
      const method = expected.method as TextExpectation;
      return isText(
        context,
        request.method.toUpperCase(),
        typeof method === "string" ? method.toUpperCase() : method,
      );
    }
    case "url": {
      const { url } = expected;
      if (typeof url === "string") return request.url.includes(url);
      return isText(context, request.url, url instanceof URL ? url.href : (url as TextExpectation));
    }
    case "headers":
      return Object.entries(expected.headers ?? {}).every(([name, wanted]) => {
        const sent = headerOf(request.headers, name);
        return sent !== undefined ? isText(context, sent, wanted) : isEqual(context, undefined, wanted);
      });
    case "body":
      return isBody(context, request, expected.body);
  }
}

function isBody(context: MatcherContext, request: RecordedRequest, expected: unknown): boolean {
  if (expected instanceof RegExp) return bodyText(request).search(expected) !== -1;
  const body = bodyOf(request);
  if (isEqual(context, body, expected)) return true;
  // A JSON body may be expected as the text that was sent, too.
  return (
    (typeof expected === "string" || (isAsymmetric(expected) && isAboutText(expected))) &&
    isEqual(context, bodyText(request), expected)
  );
}

/** The body as a value where it is JSON or a form, else as text; `undefined` where there was none. */
export function bodyOf(request: RecordedRequest): unknown {
  if (request.body === undefined) return undefined;
  const text = bodyText(request);
  const json = parseJson(text);
  if (json !== undefined) return json;
  return /^application\/x-www-form-urlencoded\b/i.test(headerOf(request.headers, "content-type") ?? "")
    ? formFields(text)
    : text;
}

function formFields(text: string): Readonly<Record<string, string | readonly string[]>> {
  const fields = new URLSearchParams(text);
  return Object.fromEntries(
    [...new Set(fields.keys())].map((name) => {
      const values = fields.getAll(name);
      return [name, values.length === 1 ? (values[0] ?? "") : values];
    }),
  );
}

function bodyText({ body }: RecordedRequest): string {
  return body === undefined ? "" : decodeText(body);
}

/**
 * A request held against what was expected of it: of either what is named, in one form for a diff, where fields
 * that are as expected look the same on both sides.
 */
export function forDiff(
  context: MatcherContext,
  request: RecordedRequest,
  expected: RequestExpectation,
  differing: readonly RequestField[],
): HeldAgainst {
  const held = FIELDS.filter((field) => expected[field] !== undefined).map(
    (field) => [field, heldField(context, field, request, expected, differing.includes(field))] as const,
  );
  return {
    actual: Object.fromEntries(held.map(([field, { actual }]) => [field, actual])),
    expected: Object.fromEntries(held.map(([field, each]) => [field, each.expected])),
    distance: held.reduce((sum, [, { distance }]) => sum + distance, 0),
  };
}

function heldField(
  context: MatcherContext,
  field: RequestField,
  request: RecordedRequest,
  expected: RequestExpectation,
  differs: boolean,
): HeldAgainst {
  const wanted = expected[field];
  if (!differs) return { actual: wanted, expected: wanted, distance: 0 };
  switch (field) {
    case "method":
    case "url":
      return heldAgainst(context, request[field], wanted);
    case "headers": {
      const names = Object.keys(expected.headers ?? {});
      const sent = names.map((name) => [name, headerOf(request.headers, name)] as const);
      return heldAgainst(context, Object.fromEntries(sent.filter(([, text]) => text !== undefined)), wanted);
    }
    case "body":
      return heldAgainst(context, bodyOf(request), wanted);
  }
}

/** `POST request to /v1/messages with body { ... }`, as it reads in a message. */
export function describeRequest(
  { method, url, headers, body }: RequestExpectation,
  noun = "request",
): string {
  const verb = typeof method === "string" ? method.toUpperCase() : method && value(method);
  const where = typeof url === "string" ? url : url instanceof URL ? url.href : url && value(url);
  const parts = [
    headers === undefined ? undefined : `headers ${value(headers)}`,
    body === undefined ? undefined : `body ${value(body)}`,
  ].filter((part) => part !== undefined);
  return [
    verb === undefined ? noun : `${verb} ${noun}`,
    ...(where === undefined ? [] : [`to ${where}`]),
    ...(parts.length === 0 ? [] : [`with ${parts.join(" and ")}`]),
  ].join(" ");
}
