import type { HeaderLines, RecordedRequest, RecordedResponse } from "../cassette/model.ts";
import { type Treatment, treatBody, treatText } from "./body.ts";
import { inspectUrl } from "./document.ts";
import { cookieValue, requestHeaderFate, responseHeaderFate } from "./headers.ts";
import type { RedactContext, RedactOptions } from "./options.ts";
import { ANY_SECRET, SAME_PLACEHOLDER, TapePlaceholders } from "./placeholder.ts";
import { rulesOf } from "./rules.ts";
import { SliceView } from "./view.ts";

/** Removes secrets from what is to be written, printed or compared. One for each tape. */
export interface Redactor {
  /** The request as it may be written: headers by allow-list, secrets replaced by placeholders. */
  redactRequest(request: RecordedRequest): RecordedRequest;
  /** The response as it may be written. `request` is the one that it answers. */
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
}

/** Makes the redactor of one tape. The environment is read once, here. */
export function createRedactor(options: RedactOptions, context: RedactContext): Redactor {
  return new TapeRedactor(options, context);
}

class TapeRedactor implements Redactor {
  readonly #writing: Treatment;
  readonly #matching: Treatment;
  readonly #secretHeaders: ReadonlySet<string>;
  readonly #keepHeaders: readonly string[];

  constructor(options: RedactOptions, context: RedactContext) {
    const rules = rulesOf(options, context);
    this.#writing = { rules, mode: { names: true }, placeholders: new TapePlaceholders() };
    this.#matching = {
      rules,
      mode: { names: true, placeholder: () => ANY_SECRET, emptyNames: true },
      placeholders: SAME_PLACEHOLDER,
    };
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
    const url = withoutSecretParameters(redacted.url, this.#matching.rules.isSecretParameter);
    return url === redacted.url ? redacted : { ...redacted, url };
  }

  redactResponse(response: RecordedResponse, _request: RecordedRequest): RecordedResponse {
    const treatment = this.#writing;
    const body = treatBody(
      {
        chunks: response.chunks,
        contentType: headerOf(response.headers, "content-type"),
        contentEncoding: response.decoded ? "" : headerOf(response.headers, "content-encoding"),
        place: "response.body",
      },
      treatment,
    );
    let headers = this.#headers(response.headers, treatment, "response");
    if (body !== undefined) headers = withLength(headers, response.chunks, body.chunks, body.decoded);
    const error = response.error && this.redactText(response.error.message);
    const statusText = this.redactText(response.statusText);
    if (
      body === undefined &&
      headers === response.headers &&
      error === response.error?.message &&
      statusText === response.statusText
    ) {
      return response;
    }
    return {
      ...response,
      statusText,
      headers,
      ...(body === undefined ? {} : { chunks: body.chunks }),
      ...(body?.decoded ? { decoded: true } : {}),
      ...(error === undefined ? {} : { error: { ...response.error, message: error } }),
    };
  }

  redactUrl(url: string): string {
    return this.#url(url, this.#writing, "url");
  }

  redactText(text: string): string {
    return treatText(text, this.#writing, "text", (inspection, source) => inspection.text(source));
  }

  #request(request: RecordedRequest, treatment: Treatment): RecordedRequest {
    const url = this.#url(request.url, treatment, "request.url");
    let headers = this.#headers(request.headers, treatment, "request");
    const body =
      request.body &&
      treatBody(
        {
          chunks: [request.body],
          contentType: headerOf(request.headers, "content-type"),
          contentEncoding: headerOf(request.headers, "content-encoding"),
          place: "request.body",
        },
        treatment,
      );
    if (body?.decoded) headers = headers.filter(([name]) => name.toLowerCase() !== "content-encoding");
    if (url === request.url && headers === request.headers && body === undefined) return request;
    return { ...request, url, headers, ...(body === undefined ? {} : { body: body.chunks[0] }) };
  }

  #url(url: string, treatment: Treatment, place: string): string {
    return treatText(url, treatment, place, (inspection, source) =>
      inspectUrl(inspection, treatment.rules, source),
    );
  }

  /** The same lines, and the same object, where none changes. */
  #headers(lines: HeaderLines, treatment: Treatment, side: "request" | "response"): HeaderLines {
    let changed = false;
    const kept: (readonly [string, string])[] = [];
    for (const line of lines) {
      const [name, value] = line;
      const fate =
        side === "request"
          ? requestHeaderFate(name, this.#secretHeaders, this.#keepHeaders)
          : responseHeaderFate(name, this.#secretHeaders);
      if (fate === "drop") {
        changed = true;
        continue;
      }
      const place = `${side}.headers.${name.toLowerCase()}`;
      const redacted = treatment.rules.allowed.place(place)
        ? value
        : treatText(value, treatment, place, (inspection, source) => {
            if (/^set-cookie2?$/i.test(name)) {
              const [start, end] = cookieValue(value);
              if (start < end) inspection.named(new SliceView(source, start, end), "cookie");
            } else if (fate === "redact" && value !== "") inspection.named(source, name);
            else if (fate === "trace" && value !== "") inspection.traced(source, name);
            inspection.text(source);
          });
      changed ||= redacted !== value;
      kept.push(redacted === value ? line : [name, redacted]);
    }
    return changed ? kept : lines;
  }
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
