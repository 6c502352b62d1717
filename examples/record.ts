/** Records the cassettes of the examples from a local server that speaks the providers' wire formats. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import buildPackage from "../tests/support/build-package.ts";
import { startProviderServer } from "../tests/support/provider-server/index.ts";

const repository = join(import.meta.dirname, "..");
/** The host that each example asks, and what it answers; without a text, the server calls a tool first. */
const EXAMPLES: Readonly<Record<string, { readonly host: string; readonly text?: string }>> = {
  "chat-endpoint": { host: "https://api.openai.com", text: "Because light attracts bugs. 🐛" },
  "agent-with-tools": { host: "https://api.openai.com" },
  rag: { host: "https://api.anthropic.com", text: "You have 30 days of vacation a year." },
};

await buildPackage();
for (const [name, { host, text: said }] of Object.entries(EXAMPLES)) {
  const server = await startProviderServer({
    script: { pace: 25, headerDelay: 120, ...(said === undefined ? {} : { text: said }) },
  });
  const example = join(import.meta.dirname, name);
  const root = mkdtempSync(join(repository, "tests/.projects/example-"));
  cpSync(example, root, { recursive: true });
  rmSync(join(root, "cassettes"), { recursive: true, force: true });
  // The server is in this process: it must not wait.
  const child = spawn(
    process.execPath,
    [join(repository, "node_modules/vitest/vitest.mjs"), "run", "--root", root],
    {
      stdio: "inherit",
      env: {
        ...process.env,
        CI: "",
        RECORD: "1",
        OPENAI_API_KEY: "sk-example",
        ANTHROPIC_API_KEY: "sk-example",
        OPENAI_BASE_URL: `${server.url}/v1`,
        ANTHROPIC_BASE_URL: server.url,
      },
    },
  );
  const [status] = await once(child, "close");
  if (status !== 0) throw new Error(`Failed to record ${name}: vitest ended with ${status}.`);
  const cassettes = join(example, "cassettes");
  rmSync(cassettes, { recursive: true, force: true });
  cpSync(join(root, "cassettes"), cassettes, { recursive: true });
  for (const file of readdirSync(cassettes, { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".yaml")) continue;
    const path = join(cassettes, file);
    const text = readFileSync(path, "utf8").replaceAll(server.url, host);
    // On its own host, the provider is known by its name.
    writeFileSync(path, text.replaceAll("openai-compatible chat", "openai chat"));
  }
  rmSync(root, { recursive: true, force: true });
  await server.close();
}
