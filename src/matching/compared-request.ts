import { CassetteError } from "../cassette/errors.ts";
import { isThenable } from "../cassette/is-thenable.ts";
import type { HeaderLines, RecordedRequest } from "../cassette/model.ts";
import { isContainer, mapParts } from "./container.ts";
import type { ComparedRequest } from "./match-options.ts";
import { type RequestContent, readContent } from "./request-content.ts";
import type { MatchRules, Prepare } from "./rules.ts";
import { takeSecrets } from "./secrets.ts";

/** A request, parsed and after the user's `normalize`. */
export interface View {
  readonly compared: ComparedRequest;
  readonly kind: RequestContent["kind"];
}

/** Parses a request as the functions in `match` get it; `by` gets it after `normalize`. */
export function compare(request: RecordedRequest, rules: MatchRules): ComparedRequest {
  return viewOf(request, rules, rules.prepare).compared;
}

export function viewOf(request: RecordedRequest, rules: MatchRules, prepare: Prepare | undefined): View {
  const prepared = prepare?.(request) ?? request;
  const headers = headersByName(prepared.headers);
  const content = readContent(prepared.body, headers);
  const compared = { method: prepared.method, url: prepared.url, headers, body: content.value };
  const { kind } = content;
  if (rules.normalize === undefined && rules.by === undefined) return { compared, kind };
  // The user's functions see no numbers: these depend on what else was sent.
  const shown = takeSecrets(compared, "", new Map()) as ComparedRequest;
  if (rules.normalize === undefined) return { compared: shown, kind };
  const normalized = callNormalize(shown, rules.normalize);
  return { compared: normalized, kind: kindOf(normalized.body, kind) };
}

/** Returns headers by lower-case name, with the values of a repeated one joined. */
export function headersByName(lines: HeaderLines): Readonly<Record<string, string>> {
  const headers: Record<string, string> = Object.create(null);
  for (const [name, value] of lines) {
    const key = name.toLowerCase();
    headers[key] = headers[key] === undefined ? value : `${headers[key]}, ${value}`;
  }
  return headers;
}

function callNormalize(
  request: ComparedRequest,
  normalize: NonNullable<MatchRules["normalize"]>,
): ComparedRequest {
  let normalized: Partial<ComparedRequest> | undefined;
  try {
    normalized = normalize(request);
  } catch (cause) {
    throw normalizeError(request, "threw an error. See its cause.", { cause });
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
      `${what}. Return the request you got, or a copy with other values: { ...request, body }.`,
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

/** @throws CassetteError for a value with nothing to compare: all such values would be equal */
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
      `returned a body that contains a ${name}. Only JSON and a Uint8Array can be compared.`,
    );
  }
  return value;
}

/** The kind of a body that `normalize` may have replaced by anything. */
function kindOf(body: unknown, before: RequestContent["kind"]): RequestContent["kind"] {
  if (body === undefined) return "none";
  if (body instanceof Uint8Array) return "bytes";
  if (before === "none" || before === "bytes") return typeof body === "string" ? "text" : "json";
  return before === "text" && typeof body !== "string" ? "json" : before;
}
