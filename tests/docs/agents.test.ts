import { afterEach, describe, expect, test, vi } from "vitest";
import * as main from "../../src/index.ts";
import { agentTape } from "../agents/support.ts";
import { startProviderServer } from "../support/provider-server/index.ts";
import { blocksOf, readPage } from "./pages.ts";

afterEach(() => vi.unstubAllEnvs());

type Run = (modules: Readonly<Record<string, unknown>>) => Promise<unknown>;
const AsyncFunction = (async () => undefined).constructor as new (parameter: string, code: string) => Run;

/** A block as a function: its imports come from `modules`. */
function compiled(code: string): Run {
  const body = code.replace(/^import (\{[^}]*\}) from '([^']+)'$/gm, (_, names: string, from: string) => {
    return `const ${names} = modules[${JSON.stringify(from)}];`;
  });
  return new AsyncFunction("modules", `${body}\nreturn await modules.done();`);
}

describe("docs/agents.md", () => {
  test.for(blocksOf(readPage("docs/agents.md"), "ts"))(
    "the example in line $line records, and plays without a provider",
    { timeout: 30_000 },
    async ({ code }) => {
      const server = await startProviderServer();
      using tape = agentTape({ include: [server.url] });
      vi.stubEnv("OPENAI_API_KEY", "k");
      vi.stubEnv("OPENAI_BASE_URL", `${server.url}/v1`);
      vi.stubEnv("OPENAI_AGENTS_DISABLE_TRACING", "1");
      const run = compiled(code);
      const packages = {
        ...Object.fromEntries(
          await Promise.all(
            [...code.matchAll(/from '([^']+)'/g)]
              .map(([, name]) => name as string)
              .filter((name) => !name.startsWith("vitest"))
              .map(async (name) => [name, await import(name)]),
          ),
        ),
      };
      const once = (way: "record" | "play"): Promise<unknown> => {
        let body: (() => Promise<void>) | undefined;
        const vitest = {
          expect,
          test: (_: string, given: () => Promise<void>) => {
            body = given;
          },
        };
        const options = {};
        // The options of the example are known once it opens its cassette.
        const peek = { ...main, useCassette: (given = {}) => Object.assign(options, given) && stop() };
        const stop = (): never => {
          throw PEEKED;
        };
        const done = async (): Promise<void> => body?.();
        const modules = { ...packages, vitest, done };
        return run({ ...modules, "vitest-cassette": peek })
          .catch((error: unknown) => {
            if (error !== PEEKED) throw error;
          })
          .then(() =>
            tape[way](
              (cassette) => run({ ...modules, "vitest-cassette": { ...main, useCassette: () => cassette } }),
              options,
            ),
          );
      };
      await once("record");
      await server.close();
      await once("play");
      expect(tape.entries.length).toBeGreaterThan(0);
    },
  );
});

const PEEKED = new Error("The options of the example are known.");
