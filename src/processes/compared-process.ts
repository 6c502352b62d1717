import { Buffer } from "node:buffer";
import { isObject } from "../cassette/is-object.ts";
import type { RecordedProcess, RecordedRequest } from "../cassette/model.ts";
import { normalizeRequest } from "../matching/normalize.ts";
import type { MatchRules } from "../matching/rules.ts";

/** What is compared of a process when it starts. */
export type ComparedProcess = Pick<RecordedProcess, "command" | "args" | "shell" | "cwd" | "env">;

/** Equal for equal processes: compared as if they were sent over HTTP, by the same rules. */
export function keyOfProcess({ command, args, shell, cwd, env }: ComparedProcess, rules: MatchRules): string {
  return fingerprint(`http://process.local/${encodeURIComponent(command)}`, { args, shell, cwd, env }, rules);
}

/** The name of a field by which an agent that speaks in lines of JSON recognizes an answer. */
const REQUEST_ID = /^(?:request_?id|uuid)$/i;

/**
 * Equal for equal input: a line of it, or a message of IPC. Of JSON the values are compared, without the ids by which
 * answers are recognized.
 */
export function keyOfInput(text: string, rules: MatchRules): string {
  const json = parsedObject(text);
  if (json === undefined) return `text ${fingerprint("http://stdin.local/", text, rules)}`;
  if (isJsonRpc(json)) return `json ${fingerprint("http://mcp.local/", json, rules)}`;
  const compared = Object.fromEntries(Object.entries(json).filter(([name]) => !REQUEST_ID.test(name)));
  return `json ${fingerprint("http://stdin.local/", compared, rules)}`;
}

export function isJsonRpc(value: Readonly<Record<string, unknown>>): boolean {
  return value.jsonrpc === "2.0" || (typeof value.method === "string" && "id" in value);
}

/** Parses a line that is a JSON object; `undefined` for any other. */
export function parsedObject(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!/^\s*\{/.test(line)) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : undefined;
  } catch {
    // It only looks like JSON.
    return undefined;
  }
}

function fingerprint(url: string, body: unknown, rules: MatchRules): string {
  const isText = typeof body === "string";
  const request: RecordedRequest = {
    method: "POST",
    url,
    headers: [["content-type", isText ? "text/plain" : "application/json"]],
    body: Buffer.from(isText ? body : JSON.stringify(body)),
  };
  return normalizeRequest(request, rules).fingerprint;
}
