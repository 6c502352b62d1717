import type { HeaderLines, Interaction, RecordedRequest } from "../../src/cassette/model.ts";
import { normalizeRequest } from "../../src/matching/normalize.ts";
import { compileRules, type RuleParts } from "../../src/matching/rules.ts";

export const CHAT = "https://api.openai.com/v1/chat/completions";
export const JSON_TYPE: HeaderLines = [["content-type", "application/json"]];

export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** A request with a body of bytes or text as it is, or any other value as JSON. */
export function request(body: unknown, over: Partial<RecordedRequest> = {}): RecordedRequest {
  const encoded =
    body instanceof Uint8Array
      ? body
      : bytes(typeof body === "string" ? body : (JSON.stringify(body) as string));
  return {
    method: "POST",
    url: CHAT,
    headers: JSON_TYPE,
    ...(body === undefined ? {} : { body: encoded }),
    ...over,
  };
}

export function recording(of: RecordedRequest, at = 0): Interaction {
  return {
    kind: "request",
    at,
    request: of,
    response: { status: 200, statusText: "OK", headers: [], chunks: [], end: "complete" },
  };
}

/** Whether two requests are one to the rules. */
export function equal(a: RecordedRequest, b: RecordedRequest, parts: RuleParts = {}): boolean {
  const rules = compileRules(parts);
  return normalizeRequest(a, rules).fingerprint === normalizeRequest(b, rules).fingerprint;
}
