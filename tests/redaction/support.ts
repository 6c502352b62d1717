import type { HeaderLines, RecordedRequest, RecordedResponse } from "../../src/cassette/model.ts";
import { placesIn, renderTape } from "../../src/format/index.ts";
import { profiles } from "../../src/providers/registry.ts";
import type { RedactOptions } from "../../src/redaction/options.ts";
import { createRedactor, type Redactor } from "../../src/redaction/redactor.ts";

/** A redactor with all profiles and no environment but `env`. */
export function redactorOf(options: RedactOptions = {}, env: Record<string, string> = {}): Redactor {
  return createRedactor(options, { env, profiles });
}

/** The text of a tape with one interaction. */
export function tapeOf(request: RecordedRequest, response: RecordedResponse): string {
  return renderTape({ version: 1, interactions: [{ kind: "request", at: 0, request, response }] });
}

/** What the gate finds on the tape of an interaction after its redaction. */
export function refusal(
  redactor: Redactor,
  {
    request = requestOf({}),
    response = responseOf([]),
  }: { request?: RecordedRequest; response?: RecordedResponse },
): ReturnType<Redactor["scan"]> {
  return scanOf(redactor, tapeOf(redactor.redactRequest(request), redactor.redactResponse(response)));
}

/** What the gate finds in a tape, with the places that its YAML tells. */
export function scanOf(redactor: Redactor, text: string): ReturnType<Redactor["scan"]> {
  return redactor.scan(text, placesIn);
}

export function requestOf(
  given: Partial<Omit<RecordedRequest, "body">> & { body?: unknown },
): RecordedRequest {
  const { body, ...rest } = given;
  return {
    method: "POST",
    url: "https://api.openai.com/v1/chat/completions",
    headers: [["content-type", "application/json"]],
    ...rest,
    ...(body === undefined ? {} : { body: bytesOf(body) }),
  };
}

export function responseOf(
  chunks: readonly (string | Uint8Array)[],
  headers: HeaderLines = [["content-type", "text/event-stream"]],
  rest: Partial<RecordedResponse> = {},
): RecordedResponse {
  return {
    status: 200,
    statusText: "OK",
    headers,
    chunks: chunks.map((chunk) => (typeof chunk === "string" ? Buffer.from(chunk) : chunk)),
    end: "complete",
    ...rest,
  };
}

function bytesOf(body: unknown): Uint8Array {
  if (body instanceof Uint8Array) return body;
  return Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
}

export function textOf(part: RecordedRequest | RecordedResponse): string {
  const chunks = "chunks" in part ? part.chunks : part.body === undefined ? [] : [part.body];
  return Buffer.concat(chunks).toString("utf8");
}

/** `text` cut after each of `lengths`, and the rest. */
export function cutAt(bytes: Uint8Array, ...cuts: readonly number[]): Uint8Array[] {
  return [0, ...cuts].map((start, index) => bytes.subarray(start, cuts[index] ?? bytes.length));
}

/** SSE of JSON events, without names. */
export function sse(...events: readonly unknown[]): string {
  return events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("");
}

export const OPENAI_KEY = `sk-proj-${"aB3dE5gH7jK9mN1pQ2sT".repeat(3)}T3BlbkFJ${"Zx8Cv6Bn4Ml2Kj0Hg".repeat(3)}`;
export const ANTHROPIC_KEY = `sk-ant-api03-${"Qw3Er5Ty7Ui9Op1As2Df".repeat(4)}-AbCdEfAA`;
export const GOOGLE_KEY = "AIzaSyD4kF9mQ2wX7vB1nZ6cH3jL8pR5tY0uE2a";
