import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { expect, vi } from "vitest";
import * as main from "../../src/index.ts";
import { type HttpMcpServer, listen } from "../agents/mcp-transports.ts";
import { type AgentTape, agentTape } from "../agents/support.ts";
import { startProviderServer } from "../support/provider-server/index.ts";

type Run = (modules: Readonly<Record<string, unknown>>) => Promise<unknown>;
const AsyncFunction = (async () => undefined).constructor as new (parameter: string, code: string) => Run;

const PEEKED = new Error("The options of the example are known.");
const MCP_SERVER = join(import.meta.dirname, "../agents/mcp-server.ts");
const OLLAMA_URL = "http://127.0.0.1:11434";
const MCP_URL = "https://mcp.example.com/mcp";

/** Packages keep the address that they have seen first. */
let port = 0;

/** Records an example, and plays it when its provider and its MCP servers are gone. */
export async function runExample(
  code: string,
  load: (name: string) => Promise<unknown> = (name) => import(name),
): Promise<void> {
  // The client of Bedrock speaks HTTP/2 only.
  const http2 = code.includes("client-bedrock");
  await using provider = await startProviderServer(http2 ? { http2 } : { port });
  if (!http2) port = provider.port;
  const mcp = code.includes(MCP_URL) ? await listen() : undefined;
  using tape = agentTape({ include: [provider.url, mcp?.url ?? ""].filter(Boolean) });
  vi.stubEnv("OPENAI_API_KEY", "k");
  vi.stubEnv("OPENAI_BASE_URL", `${provider.url}/v1`);
  vi.stubEnv("ANTHROPIC_API_KEY", "k");
  vi.stubEnv("ANTHROPIC_BASE_URL", provider.url);
  vi.stubEnv("GEMINI_API_KEY", "k");
  vi.stubEnv("GOOGLE_GEMINI_BASE_URL", provider.url);
  vi.stubEnv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", provider.url);
  const started = join(tape.dir, "started");
  const run = compiled(withServers(code, started, mcp).replaceAll(OLLAMA_URL, provider.url));
  const names = [...code.matchAll(/from '([^']+)'/g)].map(([, name]) => name as string);
  const packages = names.filter((name) => !name.startsWith("vitest"));
  const modules = Object.fromEntries(
    await Promise.all(packages.map(async (name) => [name, await load(name)] as const)),
  );
  await once(run, modules, tape, "record");
  await Promise.all([provider.close(), mcp?.close()]);
  expect(existsSync(started)).toBe(code.includes("my-server"));
  rmSync(started, { force: true });
  await once(run, modules, tape, "play");
  expect(existsSync(started)).toBe(false);
  expect(tape.entries.length).toBeGreaterThan(0);
}

/** A block as a function: its imports come from `modules`. */
function compiled(code: string): Run {
  const body = code.replace(/^import (\{[^}]*\}) from '([^']+)'$/gm, (_, names: string, from: string) => {
    return `const ${names} = modules[${JSON.stringify(from)}];`;
  });
  return new AsyncFunction("modules", `${body}\nreturn await modules.done();`);
}

/** Puts servers of the tests in place of those of the example. */
function withServers(code: string, started: string, mcp: HttpMcpServer | undefined): string {
  const process_ = { command: process.execPath, args: [MCP_SERVER, started] };
  return code
    .replaceAll("{ command: 'my-server' }", JSON.stringify(process_))
    .replaceAll(MCP_URL, mcp?.url ?? MCP_URL);
}

async function once(
  run: Run,
  packages: Readonly<Record<string, unknown>>,
  tape: AgentTape,
  way: "record" | "play",
): Promise<void> {
  let body: (() => Promise<void>) | undefined;
  const vitest = {
    expect,
    test: (_: string, given: () => Promise<void>) => {
      body = given;
    },
  };
  const modules = { ...packages, vitest, done: async () => body?.() };
  const useCassette = (use: (options?: object) => unknown) => ({
    "vitest-cassette": { ...main, useCassette: use },
  });
  // The options of the example are known once it opens its cassette.
  let options = {};
  const peek = useCassette((given = {}) => {
    options = given;
    throw PEEKED;
  });
  await run({ ...modules, ...peek }).catch((error: unknown) => {
    if (error !== PEEKED) throw error;
  });
  await tape[way]((cassette) => run({ ...modules, ...useCassette(() => cassette) }), options);
}
