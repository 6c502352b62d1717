import type { HeaderLines, RecordedRequest, RecordedResponse } from "../cassette/model.ts";
import { type Treatment, treatBody, treatText } from "./body.ts";
import { inspectUrl } from "./document.ts";
import { Finder } from "./finder.ts";
import { type Finding, SecretFoundError } from "./findings.ts";
import { cookieValue, type HeaderFate, holdsUrl, requestHeaderFate, responseHeaderFate } from "./headers.ts";
import type { Inspection } from "./inspection.ts";
import { nameWithoutSecrets } from "./name-without-secrets.ts";
import { checkRedactOptions, type RedactContext, type RedactOptions } from "./options.ts";
import { ANY_SECRET, SAME_PLACEHOLDER, TapePlaceholders } from "./placeholder.ts";
import { restorer } from "./restore.ts";
import { type Rules, rulesOf } from "./rules.ts";
import { scan } from "./scan.ts";
import { SliceView, type Source } from "./view.ts";

/** Removes secrets from what is to be written, printed or compared. One for each tape. */
export interface Redactor {
  /** The request as it may be written: headers by allow-list, secrets replaced by placeholders. */
  redactRequest(request: RecordedRequest): RecordedRequest;
  /**
   * The response as it may be written, with as many chunks as it had. `request` is the one that it answers.
   */
  redactResponse(response: RecordedResponse, request: RecordedRequest): RecordedResponse;
  /**
   * The request as it is compared, be it live or from a tape: every secret and every placeholder is the same
   * `<redacted>`, secret query parameters are left out, so that another machine's key makes no difference.
   * Depends on the request, the options and the environment alone.
   */
  redactForMatching(request: RecordedRequest): RecordedRequest;
  redactUrl(url: string): string;
  /** A message, a log line or any other text that a person will see. */
  redactText(text: string): string;
  /** The name of a test or of a file. Depends on nothing but the name, the options and the environment. */
  redactName(name: string): string;
  /** What is left of secrets in a text that is about to be written. */
  scan(text: string): readonly Finding[];
  /**
   * The last gate before a write. `file` is named in the message.
   *
   * @throws SecretFoundError where `scan` finds any
   */
  assertClean(text: string, file: string): void;
  /** With the option `restore`, the response with the environment's values for its placeholders; else the same. */
  restore(response: RecordedResponse): RecordedResponse;
}

/**
 * Makes the redactor of one tape. The environment is read once, here.
 *
 * @throws RedactOptionsError for options that cannot be followed
 */
export function createRedactor(options: RedactOptions, context: RedactContext): Redactor {
  checkRedactOptions(options);
  return new TapeRedactor(options, context);
}

class TapeRedactor implements Redactor {
  readonly #rules: Rules;
  /** One after another: secrets first, then the user's function, which never sees one. */
  readonly #writing: readonly Treatment[];
  readonly #matching: readonly Treatment[];
  readonly #restoring: Treatment | undefined;
  readonly #secretHeaders: ReadonlySet<string>;
  readonly #keepHeaders: readonly string[];

  constructor(options: RedactOptions, context: RedactContext) {
    const rules = rulesOf(options, context);
    this.#rules = rules;
    const { replace } = options;
    const placeholders = new TapePlaceholders();
    const rewriting = replace ? [{ rules, mode: { names: false, rewrite: replace }, placeholders }] : [];
    this.#writing = [{ rules, mode: { names: true }, placeholders }, ...rewriting];
    this.#matching = [
      {
        rules,
        mode: { names: true, placeholder: () => ANY_SECRET, emptyNames: true },
        placeholders: SAME_PLACEHOLDER,
      },
      ...rewriting,
    ];
    this.#restoring = options.restore ? restoring(rules, context) : undefined;
    const named = [
      ...(options.headers ?? []),
      ...context.profiles.flatMap(({ secrets }) => secrets.headers ?? []),
    ];
    this.#secretHeaders = new Set(named.map((name) => name.toLowerCase()));
    this.#keepHeaders = context.keepHeaders ?? [];
  }

  redactRequest(request: RecordedRequest): RecordedRequest {
    return this.#request(request, this.#writing);
  }

  redactForMatching(request: RecordedRequest): RecordedRequest {
    const redacted = this.#request(request, this.#matching);
    const url = withoutSecretParameters(redacted.url, this.#rules.isSecretParameter);
    return url === redacted.url ? redacted : { ...redacted, url };
  }

  redactResponse(response: RecordedResponse, _request: RecordedRequest): RecordedResponse {
    return this.#response(response, this.#writing, (lines) =>
      this.#headers(lines, this.#writing, "response"),
    );
  }

  redactUrl(url: string): string {
    return this.#url(url, this.#writing, "url");
  }

  redactText(text: string): string {
    return treatText(text, this.#writing, "text", (inspection, source) => {
      inspection.text(source);
      inspection.mentions(source);
    });
  }

  redactName(name: string): string {
    return nameWithoutSecrets(name, this.#rules);
  }

  scan(text: string): readonly Finding[] {
    return scan(text, this.#rules);
  }

  assertClean(text: string, file: string): void {
    const findings = this.scan(text);
    if (findings.length > 0) throw new SecretFoundError(file, findings);
  }

  restore(response: RecordedResponse): RecordedResponse {
    const treatment = this.#restoring;
    if (treatment === undefined) return response;
    return this.#response(response, [treatment], (lines) =>
      mapValues(lines, (value) =>
        treatText(value, [treatment], "response.headers", (inspection, source) => inspection.text(source)),
      ),
    );
  }

  #request(request: RecordedRequest, treatments: readonly Treatment[]): RecordedRequest {
    const url = this.#url(request.url, treatments, "request.url");
    let headers = this.#headers(request.headers, treatments, "request");
    const body =
      request.body &&
      treatBody(
        {
          chunks: [request.body],
          contentType: headerOf(request.headers, "content-type"),
          contentEncoding: headerOf(request.headers, "content-encoding"),
          place: "request.body",
        },
        treatments,
      );
    if (body?.decoded) headers = headers.filter(([name]) => name.toLowerCase() !== "content-encoding");
    if (url === request.url && headers === request.headers && body === undefined) return request;
    return { ...request, url, headers, ...(body === undefined ? {} : { body: body.chunks[0] }) };
  }

  #response(
    response: RecordedResponse,
    treatments: readonly Treatment[],
    treatHeaders: (lines: HeaderLines) => HeaderLines,
  ): RecordedResponse {
    const body = treatBody(
      {
        chunks: response.chunks,
        contentType: headerOf(response.headers, "content-type"),
        contentEncoding: response.decoded ? "" : headerOf(response.headers, "content-encoding"),
        place: "response.body",
      },
      treatments,
    );
    const plain = (text: string): string =>
      treatText(text, treatments, "response", (inspection, source) => inspection.text(source));
    let headers = treatHeaders(response.headers);
    if (body !== undefined) headers = withLength(headers, response.chunks, body.chunks, body.decoded);
    const statusText = plain(response.statusText);
    const message = response.error && plain(response.error.message);
    const isSame = headers === response.headers && statusText === response.statusText;
    if (body === undefined && isSame && message === response.error?.message) return response;
    return {
      ...response,
      statusText,
      headers,
      ...(body === undefined ? {} : { chunks: body.chunks }),
      ...(body?.decoded ? { decoded: true } : {}),
      ...(message === undefined ? {} : { error: { ...response.error, message } }),
    };
  }

  #url(url: string, treatments: readonly Treatment[], place: string): string {
    return treatText(url, treatments, place, (inspection, source) =>
      inspectUrl(inspection, this.#rules, source),
    );
  }

  #headers(lines: HeaderLines, treatments: readonly Treatment[], side: "request" | "response"): HeaderLines {
    const fate = ([name]: HeaderLines[number]): HeaderFate =>
      side === "request"
        ? requestHeaderFate(name, this.#secretHeaders, this.#keepHeaders)
        : responseHeaderFate(name, this.#secretHeaders);
    const kept = lines.filter((line) => fate(line) !== "drop");
    return mapValues(kept.length === lines.length ? lines : kept, (value, name) => {
      const place = `${side}.headers.${name.toLowerCase()}`;
      return treatText(value, treatments, place, (inspection, source) =>
        this.#header(inspection, source, name, fate([name, value])),
      );
    });
  }

  #header(inspection: Inspection, source: Source, name: string, fate: HeaderFate): void {
    const { text } = source;
    if (text === "") return;
    if (/^set-cookie2?$/i.test(name)) {
      const [start, end] = cookieValue(text);
      if (start < end) inspection.named(new SliceView(source, start, end), "cookie");
    } else if (fate === "redact") inspection.named(source, name);
    else if (fate === "trace") inspection.traced(source, name);
    if (holdsUrl(name)) inspectUrl(inspection, this.#rules, source);
    else inspection.text(source);
  }
}

function restoring(rules: Rules, { env, profiles }: RedactContext): Treatment {
  const restore = restorer(rules, env, profiles);
  // Looks for placeholders only: what else is on a tape is played as it stands.
  const finder = new Finder({ credentials: [], patterns: [], custom: [], isSecretParameter: () => false });
  return {
    rules: { ...rules, finder },
    mode: { names: false, everyString: true, placeholder: restore },
    placeholders: SAME_PLACEHOLDER,
  };
}

/** The same object where no value changes. */
function mapValues(lines: HeaderLines, map: (value: string, name: string) => string): HeaderLines {
  let changed = false;
  const mapped = lines.map((line) => {
    const [name, value] = line;
    const result = map(value, name);
    if (result === value) return line;
    changed = true;
    return [name, result] as const;
  });
  return changed ? mapped : lines;
}

function headerOf(lines: HeaderLines, name: string): string {
  return lines
    .filter(([given]) => given.toLowerCase() === name)
    .map(([, value]) => value)
    .join(", ");
}

/** A stated length goes with the body: by as much as that grew, or the new length where a coding was undone. */
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

/** Requests without and with a key are the same request. */
function withoutSecretParameters(url: string, isSecret: (name: string) => boolean): string {
  const found = /^([^?#]*)\?([^#]*)(#.*)?$/s.exec(url);
  if (found === null) return url;
  const [, path = "", query = "", hash = ""] = found;
  const parameters = query.split("&");
  const kept = parameters.filter((parameter) => !isSecret(decodedName(parameter.split("=")[0] ?? "")));
  if (kept.length === parameters.length) return url;
  return `${path}${kept.length === 0 ? "" : `?${kept.join("&")}`}${hash}`;
}

function decodedName(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    // No valid encoding: the name is what stands there.
    return name;
  }
}
