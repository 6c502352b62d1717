import { writeFileSync } from "node:fs";
import process from "node:process";
import { createInterface } from "node:readline";

/** A server of the protocol of 2026 over stdio: no handshake, and questions to the client are results. */
interface Message {
  readonly id?: number;
  readonly method: string;
  readonly params?: {
    readonly name?: string;
    readonly arguments?: { a: number; b: number };
    readonly inputResponses?: object;
  };
}

function answer({ method, params = {} }: Message): object | undefined {
  if (method === "server/discover") {
    return {
      supportedVersions: ["2026-07-28"],
      capabilities: { tools: {} },
      resultType: "complete",
      ttlMs: 0,
      cacheScope: "private",
    };
  }
  if (method !== "tools/call") return undefined;
  const { name, arguments: { a, b } = { a: 0, b: 0 }, inputResponses } = params;
  if (name === "confirm" && inputResponses === undefined) {
    const requestedSchema = { type: "object", properties: {} };
    const sure = {
      method: "elicitation/create",
      params: { mode: "form", message: "Sure?", requestedSchema },
    };
    return { resultType: "input_required", inputRequests: { sure }, requestState: String(Math.random()) };
  }
  const text = name === "confirm" ? JSON.stringify(inputResponses) : String(a + b);
  return { resultType: "complete", content: [{ type: "text", text }] };
}

writeFileSync(process.argv[2] as string, "started");
for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line) as Message;
  const { id } = message;
  if (id === undefined) continue;
  const result = answer(message);
  const error = { code: -32601, message: "Method not found" };
  const _meta = { "io.modelcontextprotocol/serverInfo": { name: "modern", version: "1" } };
  const body = result === undefined ? { error } : { result: { _meta, ...result } };
  process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", id, ...body })}\n`);
}
