import type { HeaderLines, RecordedRequest, RecordedResponse } from "../cassette/model.ts";
import { storedBodyOf } from "../cassette/stored-body.ts";
import { headerOf } from "../http/headers.ts";
import { cookieValue, type HeaderFate, holdsUrl, requestHeaderFate, responseHeaderFate } from "./headers.ts";
import type { Inspection } from "./inspection.ts";
import type { RedactContext, RedactOptions } from "./options.ts";
import { redactBody, redactString, type Treatment } from "./redact-text.ts";

/** Which headers are secret, in addition to those that always are. */
export interface HeaderRules {
  readonly side: "request" | "response";
  /** In lower case. */
  readonly secret: ReadonlySet<string>;
  /** Names of request headers to keep. */
  readonly kept?: readonly string[] | undefined;
}

/** Names of headers that the user and the providers call secret, in lower case. */
export function secretHeaders(
  { headers = [] }: RedactOptions,
  { profiles }: RedactContext,
): ReadonlySet<string> {
  const named = [...headers, ...profiles.flatMap(({ secrets }) => secrets.headers ?? [])];
  return new Set(named.map((name) => name.toLowerCase()));
}

/** Returns the same object if nothing changes. */
export function redactRequest(
  request: RecordedRequest,
  treatments: readonly Treatment[],
  rules: HeaderRules,
): RecordedRequest {
  const url = redactString(request.url, treatments, ["request", "url"], (inspection) => inspection.url());
  let headers = redactHeaders(request.headers, treatments, rules);
  const body =
    request.body &&
    redactBody(
      {
        chunks: [request.body],
        contentType: headerOf(request.headers, "content-type") ?? "",
        contentEncoding: headerOf(request.headers, "content-encoding"),
        path: ["request", "body"],
      },
      treatments,
    );
  if (body?.decoded) headers = headers.filter(([name]) => name.toLowerCase() !== "content-encoding");
  if (url === request.url && headers === request.headers && body === undefined) return request;
  return { ...request, url, headers, ...(body === undefined ? {} : { body: body.chunks[0] }) };
}

/** Returns the same object if nothing changes. */
export function redactResponse(
  response: RecordedResponse,
  treatments: readonly Treatment[],
  treatHeaders: (lines: HeaderLines) => HeaderLines,
): RecordedResponse {
  // A body in a file of its own was searched, and is never changed.
  const isStored = storedBodyOf(response.chunks) !== undefined;
  const body = redactBody(
    {
      chunks: isStored ? [] : response.chunks,
      contentType: headerOf(response.headers, "content-type") ?? "",
      contentEncoding: response.decoded ? undefined : headerOf(response.headers, "content-encoding"),
      path: ["response", "body"],
    },
    treatments,
  );
  const plain = (text: string): string =>
    redactString(text, treatments, ["response"], (inspection) => inspection.text());
  let headers = treatHeaders(response.headers);
  if (body !== undefined) headers = withLength(headers, response.chunks, body.chunks, body.decoded);
  const trailers = response.trailers && treatHeaders(response.trailers);
  const statusText = plain(response.statusText);
  const message = response.error && plain(response.error.message);
  const isSame =
    headers === response.headers && trailers === response.trailers && statusText === response.statusText;
  if (body === undefined && isSame && message === response.error?.message) return response;
  return {
    ...response,
    statusText,
    headers,
    ...(trailers === undefined ? {} : { trailers }),
    ...(body === undefined ? {} : { chunks: body.chunks }),
    ...(body?.decoded ? { decoded: true } : {}),
    ...(message === undefined ? {} : { error: { ...response.error, message } }),
  };
}

/** Without rules, looks at each value alone. Returns the same object if nothing changes. */
export function redactHeaders(
  lines: HeaderLines,
  treatments: readonly Treatment[],
  rules?: HeaderRules,
): HeaderLines {
  let isSame = true;
  const redacted = lines.flatMap((line): HeaderLines => {
    const [name, before] = line;
    const fate = rules && fateOf(name, rules);
    const path = [rules?.side ?? "response", "headers", ...(rules ? [name.toLowerCase()] : [])];
    const value =
      fate === "drop"
        ? undefined
        : redactString(before, treatments, path, (inspection) => inspectHeader(inspection, name, fate));
    if (value === before) return [line];
    isSame = false;
    return value === undefined ? [] : [[name, value]];
  });
  return isSame ? lines : redacted;
}

function fateOf(name: string, { side, secret, kept = [] }: HeaderRules): HeaderFate {
  return side === "request" ? requestHeaderFate(name, secret, kept) : responseHeaderFate(name, secret);
}

function inspectHeader(inspection: Inspection, name: string, fate: HeaderFate | undefined): void {
  const { text } = inspection.root;
  if (text === "") return;
  if (fate !== undefined && /^set-cookie2?$/i.test(name)) inspection.named("cookie", ...cookieValue(text));
  else if (fate === "redact") inspection.named(name);
  if (fate === undefined || holdsUrl(name)) inspection.url();
  else inspection.text();
}

/** Corrects a stated length: by as much as the body grew, or to the new length if a coding was undone. */
function withLength(
  headers: HeaderLines,
  before: readonly Uint8Array[],
  after: readonly Uint8Array[],
  decoded: boolean,
): HeaderLines {
  const size = (chunks: readonly Uint8Array[]): number => chunks.reduce((sum, { length }) => sum + length, 0);
  return headers.map((line) => {
    if (line[0].toLowerCase() !== "content-length" || !/^\d+$/.test(line[1])) return line;
    const length = decoded ? size(after) : Math.max(Number(line[1]) + size(after) - size(before), 0);
    return [line[0], String(length)];
  });
}
