import { isSecretField, segments } from "./names.ts";

/** Request headers that are useful to a reader of a tape, and contain no secret. */
const KEPT = new Set([
  "accept",
  "content-encoding",
  "content-type",
  "anthropic-beta",
  "anthropic-version",
  "api-version",
  "last-event-id",
  "mcp-protocol-version",
  "openai-beta",
  "prefer",
  "range",
  "x-amz-target",
  "x-amzn-bedrock-accept",
  "x-amzn-bedrock-guardrailidentifier",
  "x-amzn-bedrock-guardrailversion",
  "x-amzn-bedrock-trace",
  "x-goog-upload-command",
  "x-goog-upload-header-content-type",
  "x-goog-upload-offset",
  "x-goog-upload-protocol",
]);

/** Headers whose names do not say that they are secret, or private. */
const SECRET = new Set([
  "openai-organization",
  "openai-project",
  "anthropic-organization-id",
  "sec-websocket-protocol",
  "x-goog-user-project",
  "x-groq-organization",
]);

/** Response headers that name an account. They are not keys, but private. */
const ACCOUNTS = new Set(
  "account id,tenant id,user id,organization id,x organization,project id,session id".split(","),
);

/** What to do with a header: keep it, keep it with a placeholder for its value, or remove it. */
export type HeaderFate = "keep" | "redact" | "drop";

/**
 * @param more names that the user and the providers call secret, in lower case
 * @param keep names that the user compares
 */
export function requestHeaderFate(
  name: string,
  more: ReadonlySet<string>,
  keep: readonly string[],
): HeaderFate {
  const lower = name.toLowerCase();
  const secret = more.has(lower) || isSecretHeader(lower);
  if (keep.some((wanted) => covers(wanted.toLowerCase(), lower))) return secret ? "redact" : "keep";
  if (secret) return "drop";
  return KEPT.has(lower) ? "keep" : "drop";
}

/** Responses keep every header, since clients read them; ids of requests and traces keep their values too. */
export function responseHeaderFate(name: string, more: ReadonlySet<string>): HeaderFate {
  const lower = name.toLowerCase();
  const isAccount = ACCOUNTS.has(segments(lower).slice(-2).join(" "));
  return more.has(lower) || isSecretHeader(lower) || isAccount ? "redact" : "keep";
}

function isSecretHeader(lower: string): boolean {
  const [before = "", last = ""] = ["", ...segments(lower)].slice(-2);
  if (SECRET.has(lower) || isSecretField(lower) || /^(?:token|cookie|signature)$/.test(last)) return true;
  return last === "key" && !/^(?:idempotency|cache|surrogate|websocket)$/.test(before);
}

function covers(wanted: string, name: string): boolean {
  return wanted.endsWith("*") ? name.startsWith(wanted.slice(0, -1)) : wanted === name;
}

/** Whether the whole value of a header is a URL, which may be relative. */
export function holdsUrl(name: string): boolean {
  return /^(?:content-location|location|operation-location|referer|x-goog-upload-url)$/i.test(name);
}

/** Finds the value in `name=value; Path=/`. The name and the attributes stay, because clients read them. */
export function cookieValue(line: string): readonly [start: number, end: number] {
  const equals = line.indexOf("=");
  const quoted = /^\s*"[^"]*"/.exec(line.slice(equals + 1))?.[0].length ?? 0;
  const semicolon = line.indexOf(";", equals === -1 ? 0 : equals + quoted);
  const end = semicolon === -1 ? line.length : semicolon;
  return equals === -1 || equals > end ? [0, end] : [equals + 1, end];
}
