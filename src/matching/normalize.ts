import { URL } from "node:url";
import type { RecordedRequest } from "../cassette/model.ts";
import { aliasIds } from "./alias-ids.ts";
import { BytesDigest } from "./bytes-digest.ts";
import { viewOf } from "./compared-request.ts";
import { isContainer, mapParts } from "./container.ts";
import { fingerprintOf } from "./fingerprint.ts";
import type { ComparedRequest } from "./match-options.ts";
import { omitPaths } from "./omit-paths.ts";
import { group, type RequestContent } from "./request-content.ts";
import type { MatchRules, Prepare, Varying } from "./rules.ts";
import { anySecret, NO_SECRETS, type Secrets, takeSecrets } from "./secrets.ts";

/** Values by name; a list for a repeated name. */
export type Fields = Readonly<Record<string, string | readonly string[]>>;

/** A request in the form in which it is compared: two requests are equal if their fingerprints are. Never stored. */
export interface NormalizedRequest {
  readonly method: string;
  /** Scheme, host and port; empty if the URL is invalid. */
  readonly origin: string;
  readonly path: string;
  readonly query: Fields;
  /** Only the headers that are compared, by lower-case name. */
  readonly headers: Fields;
  readonly kind: RequestContent["kind"];
  /** JSON, with a `BytesDigest` or an `ExactNumber` for what JSON cannot hold. */
  readonly body: unknown;
  /** Equal for equal requests; two others have the same with a chance of 2^-96. */
  readonly fingerprint: string;
  /** The placeholders of the secrets, all of which read `<redacted>` in the other fields. */
  readonly secrets: Secrets;
}

type Parts = Omit<NormalizedRequest, "fingerprint" | "secrets">;

/** Method, origin and path: what requests to one endpoint have in common. */
export function endpointOf({
  method,
  origin,
  path,
}: Pick<NormalizedRequest, "method" | "origin" | "path">): string {
  return `${method} ${origin}${path}`;
}

/** The endpoint of a request, without looking at its body. */
export function quickEndpoint(request: RecordedRequest, rules: MatchRules): string {
  const { origin, path } = splitUrl(request.url);
  const hint = { method: request.method, headers: request.headers };
  const { normalizePath } = rules.varying(rules.recognize(request.url, hint)?.profile);
  return anySecret(endpointOf({ method: request.method.toUpperCase(), origin, path: normalizePath(path) }));
}

/** Normalizes a request: redacts it, and drops what its provider varies and what the rules ignore. */
export function normalizeRequest(request: RecordedRequest, rules: MatchRules): NormalizedRequest {
  return normalize(request, rules, rules.prepare);
}

/** Normalizes a request that was already redacted for writing. */
export function normalizeWritten(request: RecordedRequest, rules: MatchRules): NormalizedRequest {
  return normalize(request, rules, undefined);
}

function normalize(
  request: RecordedRequest,
  rules: MatchRules,
  prepare: Prepare | undefined,
): NormalizedRequest {
  const { compared, kind } = viewOf(request, rules, prepare);
  const url = splitUrl(compared.url);
  const hint = { method: compared.method, headers: Object.entries(compared.headers) };
  const varying = rules.varying(rules.recognize(compared.url, hint)?.profile);
  // A plain JSON body, as most are, holds no bytes to look for.
  const body = kind === "json" && rules.normalize === undefined ? compared.body : digestBytes(compared.body);
  return finish({
    method: compared.method.toUpperCase(),
    origin: url.origin,
    path: varying.normalizePath(url.path),
    query: normalizeQuery(url.query, varying),
    headers: normalizeHeaders(compared.headers, rules, varying),
    ...normalizeBody(body, kind, varying),
  });
}

function finish(parts: Parts): NormalizedRequest {
  const { method, origin, path, query, headers, kind, body } = parts;
  const { fingerprint, mayHoldSecrets } = fingerprintOf([method, origin, path, query, headers, kind, body]);
  if (!mayHoldSecrets) return { ...parts, fingerprint, secrets: NO_SECRETS };
  const secrets = new Map<string, string>();
  return { ...withoutSecrets(parts, secrets), fingerprint, secrets };
}

function withoutSecrets(parts: Parts, found: Map<string, string>): Parts {
  return {
    ...parts,
    origin: takeSecrets(parts.origin, "origin", found) as string,
    path: takeSecrets(parts.path, "path", found) as string,
    query: takeSecrets(parts.query, "query", found) as Fields,
    headers: takeSecrets(parts.headers, "headers", found) as Fields,
    body: takeSecrets(parts.body, "body", found),
  };
}

interface SplitUrl {
  readonly origin: string;
  readonly path: string;
  readonly query: readonly (readonly [name: string, value: string])[];
}

let last: { readonly text: string; readonly split: SplitUrl } | undefined;

/** Splits a URL. Remembers the last one: most requests of a tape go to the same. */
function splitUrl(text: string): SplitUrl {
  if (last?.text !== text) last = { text, split: split(text) };
  return last.split;
}

function split(text: string): SplitUrl {
  const url = URL.parse(text);
  if (url === null) return { origin: "", path: text, query: [] };
  // Not url.origin, which is "null" for all but a few schemes.
  return {
    origin: `${url.protocol}//${url.host}`,
    path: plainPath(url.pathname),
    query: [...url.searchParams],
  };
}

/** Decodes the escapes in a path that mean nothing, and writes the others in upper case: RFC 3986, 6.2.2. */
function plainPath(path: string): string {
  return path
    .replace(
      /%3Credacted(?:(?::|%3A)([a-z0-9:-]+))?%3E/gi,
      (_, name) => `<redacted${name ? `:${name}` : ""}>`,
    )
    .replace(/%[0-9a-f]{2}/gi, (escaped) => {
      const character = String.fromCharCode(Number.parseInt(escaped.slice(1), 16));
      return /[\w.~-]/.test(character) ? character : escaped.toUpperCase();
    });
}

function normalizeQuery(query: SplitUrl["query"], varying: Varying): Fields {
  if (varying.query.accepting) return {};
  const pairs = query.filter(([name]) => !varying.variesQuery(name));
  return omitPaths(group(pairs), varying.query) as Fields;
}

function normalizeHeaders(headers: ComparedRequest["headers"], rules: MatchRules, varying: Varying): Fields {
  if (varying.headers.accepting) return {};
  const pairs = Object.entries(headers).filter(([name]) => {
    const compares = rules.compares(name.toLowerCase());
    // A header that the user names is compared even if its provider varies it.
    return compares === "named" || (compares === "wildcard" && !varying.variesHeader(name.toLowerCase()));
  });
  return omitPaths(group(pairs), varying.headers) as Fields;
}

function normalizeBody(
  body: unknown,
  kind: RequestContent["kind"],
  varying: Varying,
): Pick<NormalizedRequest, "kind" | "body"> {
  if (kind === "none" || varying.body.accepting) return { kind: "none", body: undefined };
  return { kind, body: aliasIds(omitPaths(body, varying.body), varying.ids) };
}

/** JSON has no bytes: returns the value with digests for them. */
function digestBytes(value: unknown): unknown {
  if (value instanceof Uint8Array) return new BytesDigest(value);
  return isContainer(value) ? mapParts(value, digestBytes) : value;
}
