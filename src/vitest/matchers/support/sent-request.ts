import { URL, URLSearchParams } from "node:url";
import type { RecordedRequest } from "../../../cassette/model.ts";
import { headerOf, mediaTypeOf } from "../../../http/headers.ts";
import { parseJson } from "../../../streams/parse-json.ts";
import { decodeText } from "../../../streams/text.ts";
import { checkNames, checkText, isFields, reject } from "./check-arguments.ts";
import { type ClosestMatch, closestMatch } from "./closest-match.ts";
import {
  type AsymmetricMatcher,
  isAboutText,
  isAsymmetric,
  isEqual,
  isText,
  type MatcherContext,
  type TextExpectation,
} from "./matcher-context.ts";
import { table } from "./table.ts";
import { cut, list, value } from "./words.ts";

/** An expected request. Fields that are not given are not compared. */
export interface RequestExpectation {
  /** In upper or lower case. */
  readonly method?: TextExpectation | undefined;
  /** The URL or a part of it, or a pattern in it. */
  readonly url?: string | RegExp | URL | AsymmetricMatcher | undefined;
  /** Names in upper or lower case; the request may have others. Repeated headers are joined by `, `. */
  readonly headers?: Readonly<Record<string, TextExpectation>> | undefined;
  /**
   * JSON and forms are compared as values, as `toEqual` does; other bodies as text. A regular expression is
   * searched in the text.
   */
  readonly body?: unknown;
}

const FIELDS = ["method", "url", "headers", "body"] as const;

export type RequestField = (typeof FIELDS)[number];

/** @throws MatcherArgumentError for anything that cannot describe a request */
export function requestExpectation(
  matcher: string,
  given: RequestExpectation | string | RegExp | URL | undefined,
): RequestExpectation {
  if (given === undefined) return {};
  if (typeof given === "string" || given instanceof RegExp || given instanceof URL) return { url: given };
  if (!isFields(given)) reject(matcher, `a URL or an object with ${FIELDS.join(", ")}`, given);
  checkNames(matcher, given, FIELDS, "field");
  const { method, url, headers } = given;
  if (method !== undefined) checkText(matcher, "`method`", method);
  if (url !== undefined && !(url instanceof URL)) checkText(matcher, "`url`", url);
  if (headers !== undefined && !isFields(headers)) {
    reject(matcher, "`headers` to be an object of values by name", headers);
  }
  return given as RequestExpectation;
}

/** Lists the fields of a request that differ from what is expected. */
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
      const wanted = typeof method === "string" ? method.toUpperCase() : method;
      return isText(context, request.method.toUpperCase(), wanted);
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
  if (isEqual(context, bodyOf(request), expected)) return true;
  // A JSON body may also be given as the text that was sent.
  return (
    (typeof expected === "string" || (isAsymmetric(expected) && isAboutText(expected))) &&
    isEqual(context, bodyText(request), expected)
  );
}

/** Returns the body as a value if it is JSON or a form, else as text; `undefined` if there is none. */
function bodyOf(request: RecordedRequest): unknown {
  if (request.body === undefined) return undefined;
  const text = bodyText(request);
  const json = parseJson(text);
  if (json !== undefined) return json;
  return mediaTypeOf(headerOf(request.headers, "content-type")) === "application/x-www-form-urlencoded"
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

/** Compares the fields of a request that differ, for a diff of these alone. */
export function closestRequest(
  context: MatcherContext,
  request: RecordedRequest,
  expected: RequestExpectation,
  differing: readonly RequestField[],
): ClosestMatch {
  const sent = (field: RequestField): unknown => {
    switch (field) {
      case "method":
      case "url":
        return request[field];
      case "headers": {
        const names = Object.keys(expected.headers ?? {});
        const values = names.map((name) => [name, headerOf(request.headers, name)] as const);
        return Object.fromEntries(values.filter(([, text]) => text !== undefined));
      }
      case "body":
        return bodyOf(request);
    }
  };
  return closestMatch(
    context,
    Object.fromEntries(differing.map((field) => [field, sent(field)])),
    Object.fromEntries(differing.map((field) => [field, wanted(field)])),
  );

  function wanted(field: RequestField): unknown {
    if (field !== "headers") return expected[field];
    // A header that matches a pattern looks the same on both sides.
    const values = Object.entries(expected.headers ?? {}).map(([name, text]) => {
      const value = headerOf(request.headers, name);
      return [name, value !== undefined && isText(context, value, text) ? value : text] as const;
    });
    return Object.fromEntries(values);
  }
}

/** Prints the requests that were sent, with the fields in which each differs. */
export function showRequests(
  requests: readonly RecordedRequest[],
  focus: readonly number[],
  differing: (index: number) => readonly RequestField[],
): string {
  const marked = new Set(focus);
  const selection = { length: requests.length, focus, around: 6, noun: "request" };
  return table([{ title: "#", align: "right" }, { title: "request" }, { title: "" }], selection, (index) => {
    const { method, url } = requests[index] as RecordedRequest;
    const fields = differing(index);
    const difference = fields.length === 0 ? "" : `differs in ${list(fields)}`;
    return { marked: marked.has(index), cells: [String(index), cut(`${method} ${url}`, 90), difference] };
  });
}

/** `POST request to /v1/messages with body { ... }`. */
export function describeRequest(
  { method, url, headers, body }: RequestExpectation,
  noun = "request",
): string {
  const verb = typeof method === "string" ? method.toUpperCase() : method && value(method);
  const to = typeof url === "string" ? url : url instanceof URL ? url.href : url && value(url);
  const parts = [
    headers === undefined ? undefined : `headers ${value(headers)}`,
    body === undefined ? undefined : `body ${value(body)}`,
  ].filter((part) => part !== undefined);
  return [
    verb === undefined ? noun : `${verb} ${noun}`,
    ...(to === undefined ? [] : [`to ${to}`]),
    ...(parts.length === 0 ? [] : [`with ${parts.join(" and ")}`]),
  ].join(" ");
}
