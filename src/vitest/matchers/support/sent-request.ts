import { URL } from "node:url";
import { list } from "../../../cassette/list.ts";
import type { RecordedRequest } from "../../../cassette/model.ts";
import { headerOf } from "../../../http/headers.ts";
import { headersByName } from "../../../matching/compared-request.ts";
import { readContent } from "../../../matching/request-content.ts";
import { type Bypassed, describeBypassed } from "../../../session/bypassed.ts";
import { asSent } from "../../../session/live-requests.ts";
import { decodeText } from "../../../streams/text.ts";
import { checkFields, checkText } from "./check-arguments.ts";
import { type ClosestMatch, closestMatch } from "./closest-match.ts";
import type { Called } from "./matcher.ts";
import {
  type AsymmetricMatcher,
  containing,
  isAboutText,
  isAsymmetric,
  isEqual,
  matching,
  type TextExpectation,
} from "./matcher-context.ts";
import { listing } from "./show-events.ts";
import { cut, value } from "./words.ts";

/** An expected request. Fields that are not given are not compared. */
export interface RequestExpectation {
  /** In upper or lower case. */
  readonly method?: TextExpectation | undefined;
  /** The URL or a part of it, or a pattern in it. */
  readonly url?: string | RegExp | URL | AsymmetricMatcher | undefined;
  /** Names in upper or lower case; the request may have others. Repeated headers are joined by `, `. */
  readonly headers?: Readonly<Record<string, TextExpectation>> | undefined;
  /**
   * JSON and forms are compared as values, as `toEqual` does; other bodies as text. A regular expression, a string
   * and a string matcher are compared with the text that was sent.
   */
  readonly body?: unknown;
}

const FIELDS = ["method", "url", "headers", "body"] as const;

type Expected = RequestExpectation | string | RegExp | URL | undefined;
type Field = (typeof FIELDS)[number];

/** How a request compares with what is expected. */
export interface ComparedRequest {
  readonly differing: readonly Field[];
  /** The request matches as it was sent, but not without its secrets and the headers that cassettes do not keep. */
  readonly hidden: boolean;
  /** Compares the fields that differ, for a diff of these alone. */
  readonly closest: () => ClosestMatch;
}

/**
 * Returns a function that compares requests with what is expected.
 *
 * @throws MatcherArgumentError for anything that cannot describe a request
 */
export function compareRequests(
  { matcher, context }: Called,
  given: Expected,
): (requests: readonly RecordedRequest[]) => readonly ComparedRequest[] {
  const expected = asFields(given);
  const asked = checkFields(matcher, expected, FIELDS).map(([field]) => field);
  const { method, url, headers = {}, body } = expected;
  if (method !== undefined) checkText(matcher, "`method`", method);
  if (url !== undefined && !(url instanceof URL)) checkText(matcher, "`url`", url);
  const names = Object.entries(headers);
  for (const [name, text] of names) checkText(matcher, `header ${name}`, text);
  const wanted: Readonly<Record<Field, unknown>> = {
    method: typeof method === "string" ? method.toUpperCase() : matching(method),
    url: typeof url === "string" ? containing(url) : url instanceof URL ? url.href : matching(url),
    headers: Object.fromEntries(names.map(([name, text]) => [name, matching(text)])),
    body: matching(body),
  };
  const asText =
    typeof body === "string" || body instanceof RegExp || (isAsymmetric(body) && isAboutText(body));
  const fieldsOf = (request: RecordedRequest): Readonly<Record<Field, unknown>> => ({
    method: request.method.toUpperCase(),
    url: request.url,
    headers: Object.fromEntries(
      names.flatMap(([name]) => {
        const text = headerOf(request.headers, name);
        return text === undefined ? [] : [[name, text]];
      }),
    ),
    body: asText ? bodyText(request) : readContent(request.body, headersByName(request.headers)).value,
  });
  const differingIn = (sent: Readonly<Record<Field, unknown>>): readonly Field[] =>
    asked.filter((field) => !isEqual(context, sent[field], wanted[field]));
  return (requests) =>
    requests.map((request) => {
      const sent = fieldsOf(request);
      const differing = differingIn(sent);
      const hidden = differing.length > 0 && differingIn(fieldsOf(asSent(request))).length === 0;
      const of = (side: object): object =>
        Object.fromEntries(
          Object.entries(side).filter(([field]) => differing.some((each) => each === field)),
        );
      return { differing, hidden, closest: () => closestMatch(context, of(sent), of(wanted)) };
    });
}

/** Says why nobody knows whether requests match. */
export function whyHidden(compared: readonly ComparedRequest[]): string {
  const index = compared.findIndex(({ hidden }) => hidden);
  const fields = compared[index]?.differing ?? [];
  const why = `whether request ${index} matches depends on a secret, or on a header that cassettes do not keep, in its ${list(fields)}`;
  return fields.includes("headers")
    ? `${why}. To keep a header, with a placeholder for a secret, name it in \`match.headers\``
    : why;
}

/** Says that a cassette took no requests, and names those that it let through. */
export function noneSent(bypassed: readonly Bypassed[]): string {
  const others = bypassed.filter(({ url }) => url.startsWith("http"));
  if (others.length === 0) return "none was sent";
  return ["the cassette took none:", ...others.map((each) => `    ${describeBypassed(each)}`)].join("\n");
}

function asFields(given: Expected): RequestExpectation {
  return typeof given === "string" || given instanceof RegExp || given instanceof URL
    ? { url: given }
    : (given ?? {});
}

function bodyText({ body }: RecordedRequest): string | undefined {
  return body && decodeText(body);
}

/** Prints requests, those in focus marked, with the fields in which each differs. */
export function showRequests(
  requests: readonly RecordedRequest[],
  focus: readonly number[],
  compared: readonly ComparedRequest[],
): string {
  const cells = ({ method, url }: RecordedRequest, index: number): readonly string[] => {
    const differing = compared[index]?.differing ?? [];
    return [cut(`${method} ${url}`, 90), differing.length === 0 ? "" : `differs in ${list(differing)}`];
  };
  return requests.length === 0 ? "    no requests" : listing(requests, cells, focus);
}

/** `POST request to /v1/messages with body { ... }`. */
export function describeRequest(expected: Expected, noun = "request"): string {
  const { method, url, headers, body } = asFields(expected);
  const plain = (given: unknown): string => (typeof given === "string" ? given : value(given));
  const parts = [
    method === undefined ? "" : `${plain(method).toUpperCase()} `,
    noun,
    url === undefined ? "" : ` to ${url instanceof URL ? url.href : plain(url)}`,
    headers === undefined ? "" : ` with headers ${value(headers)}`,
    body === undefined ? "" : ` with body ${value(body)}`,
  ];
  return parts.join("");
}
