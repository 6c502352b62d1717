import { CassetteError } from "../cassette/errors.ts";
import { isThenable } from "../cassette/is-thenable.ts";
import type { HeaderLines, RecordedRequest } from "../cassette/model.ts";
import { renameIds } from "./alias-ids.ts";
import { BytesDigest } from "./bytes-digest.ts";
import { isContainer } from "./container.ts";
import { mapParts } from "./map-parts.ts";
import type { ComparedRequest } from "./match-options.ts";
import { leaveOut } from "./omit-paths.ts";
import { group, type RequestContent, readContent } from "./request-content.ts";
import type { MatchRules, Varying } from "./rules.ts";
import { stableText } from "./stable-text.ts";

/** Values by name; a list where the name was sent more than once. */
export type Fields = Readonly<Record<string, string | readonly string[]>>;

/** A request in the one form in which it is compared: two requests are equal where these are. Never stored. */
export interface CanonicalRequest {
  readonly method: string;
  /** Scheme, host and port; empty where the URL is none. */
  readonly origin: string;
  readonly path: string;
  readonly query: Fields;
  /** Only headers that are compared, by lower-case name. */
  readonly headers: Fields;
  readonly kind: RequestContent["kind"];
  /** JSON, or with `BytesDigest` and `ExactNumber` in it where it holds what JSON cannot. */
  readonly body: unknown;
  /** `body` as a text that is the same for equal bodies. */
  readonly bodyText: string;
}

/** Method, origin and path: what requests of one endpoint have in common. */
export function endpointOf({ method, origin, path }: CanonicalRequest): string {
  return `${method} ${origin}${path}`;
}

/** A text that is the same for equal requests and differs for others. */
export function canonicalText({
  method,
  origin,
  path,
  query,
  headers,
  kind,
  bodyText,
}: CanonicalRequest): string {
  return `${stableText([method, origin, path, query, headers, kind])}\n${bodyText}`;
}

/**
 * Brings a request to the form in which it is compared: without what its provider varies and what the
 * rules leave out.
 */
export function canonicalise(request: RecordedRequest, rules: MatchRules): CanonicalRequest {
  const { compared, kind } = view(request, rules);
  const url = splitUrl(compared.url);
  const hint = { method: compared.method, headers: Object.entries(compared.headers) };
  const varying = rules.varying(rules.recognise(compared.url, hint)?.profile);
  const whole = {
    method: compared.method.toUpperCase(),
    origin: url.origin,
    path: varying.canonicalPath(url.path),
    query: canonicalQuery(url.query, varying),
    headers: canonicalHeaders(compared.headers, rules, varying),
  };
  try {
    // A plain JSON body, as most are, holds no bytes to look for.
    const body =
      kind === "json" && rules.normalize === undefined ? compared.body : digestBytes(compared.body);
    return { ...whole, ...canonicalBody(body, kind, varying) };
  } catch (error) {
    // JSON can be nested more deeply than any of this can follow; then its bytes are compared.
    if (!(error instanceof RangeError)) throw error;
    const digest = new BytesDigest(request.body ?? new Uint8Array());
    return { ...whole, kind: "bytes", body: digest, bodyText: stableText(digest) };
  }
}

/** A request as `normalize` and `by` are given it; `by` gets it normalised. */
export function compare(request: RecordedRequest, rules: MatchRules): ComparedRequest {
  return view(request, rules).compared;
}

function view(
  request: RecordedRequest,
  rules: MatchRules,
): { readonly compared: ComparedRequest; readonly kind: RequestContent["kind"] } {
  const prepared = rules.prepare?.(request) ?? request;
  const headers = headersByName(prepared.headers);
  const content = readContent(prepared.body, headers);
  const compared = { method: prepared.method, url: prepared.url, headers, body: content.value };
  if (rules.normalize === undefined) return { compared, kind: content.kind };
  const normalized = normalize(compared, rules.normalize);
  return { compared: normalized, kind: kindOf(normalized.body, content.kind) };
}

function normalize(request: ComparedRequest, by: NonNullable<MatchRules["normalize"]>): ComparedRequest {
  let normalized: Partial<ComparedRequest> | undefined;
  try {
    normalized = by(request);
  } catch (cause) {
    throw normalizeError(request, "threw. Its own error is the cause of this one.", { cause });
  }
  const { method, url, headers, body } = normalized ?? {};
  if (
    typeof method !== "string" ||
    typeof url !== "string" ||
    typeof headers !== "object" ||
    headers === null
  ) {
    const what = isThenable(normalized) ? "returned a promise" : "did not return a request";
    throw normalizeError(
      request,
      `${what}. Return what it was given, or a copy with other values: { ...request, body }.`,
    );
  }
  return { method, url, headers, body: comparable(body, request) };
}

function normalizeError(
  { method, url }: ComparedRequest,
  what: string,
  options?: ErrorOptions,
): CassetteError {
  return new CassetteError(
    "CASSETTE_NORMALIZE",
    `Failed to compare ${method} ${url}: match.normalize ${what}`,
    options,
  );
}

/** @throws CassetteError for a value of which there is nothing to compare, so that all of its kind were equal */
function comparable(value: unknown, request: ComparedRequest): unknown {
  if (isContainer(value)) return mapParts(value, (part) => comparable(part, request));
  const kind = typeof value;
  const isBlank =
    kind === "object" &&
    value !== null &&
    !("toJSON" in (value as object)) &&
    Object.keys(value as object).length === 0;
  const isBytes = value instanceof Uint8Array;
  if ((isBlank && !isBytes) || kind === "function" || kind === "symbol" || kind === "bigint") {
    const name = kind === "object" ? (value as object).constructor.name : kind;
    throw normalizeError(
      request,
      `returned a body with a ${name} in it. Only JSON and a Uint8Array can be compared.`,
    );
  }
  return value;
}

/** What a body is after `normalize`, which may have put anything in its place. */
function kindOf(body: unknown, before: RequestContent["kind"]): RequestContent["kind"] {
  if (body === undefined) return "none";
  if (body instanceof Uint8Array) return "bytes";
  if (before === "none" || before === "bytes") return typeof body === "string" ? "text" : "json";
  return before === "text" && typeof body !== "string" ? "json" : before;
}

function headersByName(lines: HeaderLines): Readonly<Record<string, string>> {
  const headers: Record<string, string> = Object.create(null);
  for (const [name, value] of lines) {
    const key = name.toLowerCase();
    headers[key] = headers[key] === undefined ? value : `${headers[key]}, ${value}`;
  }
  return headers;
}

function splitUrl(text: string): {
  readonly origin: string;
  readonly path: string;
  readonly query: URLSearchParams;
} {
  if (!URL.canParse(text)) return { origin: "", path: text, query: new URLSearchParams() };
  const url = new URL(text);
  // Not url.origin, which is "null" for all but a few schemes.
  return { origin: `${url.protocol}//${url.host}`, path: plainPath(url.pathname), query: url.searchParams };
}

/** A path with escapes only where they mean something, in upper case: RFC 3986, 6.2.2. */
function plainPath(path: string): string {
  return path.replace(/%[0-9a-f]{2}/gi, (escaped) => {
    const character = String.fromCharCode(Number.parseInt(escaped.slice(1), 16));
    return /[\w.~-]/.test(character) ? character : escaped.toUpperCase();
  });
}

function canonicalQuery(query: URLSearchParams, varying: Varying): Fields {
  if (varying.query.accepting) return {};
  const pairs = [...query].filter(([name]) => !varying.variesQuery(name));
  return leaveOut(group(pairs), varying.query) as Fields;
}

function canonicalHeaders(
  headers: Readonly<Record<string, string>>,
  rules: MatchRules,
  varying: Varying,
): Fields {
  if (varying.headers.accepting) return {};
  const pairs = Object.entries(headers).filter(([name]) => {
    const compares = rules.compares(name.toLowerCase());
    // A header that the user names is compared even where its provider varies it.
    return compares === "named" || (compares === "wildcard" && !varying.variesHeader(name.toLowerCase()));
  });
  return leaveOut(group(pairs), varying.headers) as Fields;
}

function canonicalBody(
  body: unknown,
  kind: RequestContent["kind"],
  varying: Varying,
): Pick<CanonicalRequest, "kind" | "body" | "bodyText"> {
  if (kind === "none" || varying.body.accepting) return { kind: "none", body: undefined, bodyText: "" };
  const canonical = renameIds(leaveOut(body, varying.body), varying.ids);
  return { kind, body: canonical, bodyText: stableText(canonical) };
}

/** The value with bytes in it replaced by what tells them apart, since JSON has no bytes. */
function digestBytes(value: unknown): unknown {
  if (value instanceof Uint8Array) return new BytesDigest(value);
  return isContainer(value) ? mapParts(value, digestBytes) : value;
}
