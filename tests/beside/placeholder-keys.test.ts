import { expect, test } from "vitest";
import { createProject } from "../support/run-vitest.ts";

const TEST = `
import { config } from "dotenv";
import OpenAI, { AzureOpenAI } from "openai";
import { expect, test } from "vitest";

test("placeholder", () => { expect(new OpenAI().apiKey).toBe("placeholder-key-set-by-vitest-cassette"); });
test("azureADTokenProvider", () => {
  const azureADTokenProvider = async () => "token";
  const azure = { endpoint: "https://mine.openai.azure.com", apiVersion: "2026-01-01", azureADTokenProvider };
  expect(() => new AzureOpenAI(azure)).not.toThrow();
});
test("dotenv", () => {
  config({ path: "first.env", quiet: true });
  expect(process.env.OPENAI_API_KEY).toBe("from-dotenv");
});
test("process.loadEnvFile", () => {
  process.loadEnvFile("second.env");
  expect(process.env.ANTHROPIC_API_KEY).toBe("from-node");
});
`;

test.for(["forks", "threads", "vmThreads"])(
  "a placeholder key gives way to a .env loader and to other ways to authenticate: %s",
  async (pool) => {
    using project = createProject({
      files: {
        "a.test.ts": TEST,
        "first.env": "OPENAI_API_KEY=from-dotenv",
        "second.env": "ANTHROPIC_API_KEY=from-node",
      },
    });
    const env = { OPENAI_API_KEY: "", ANTHROPIC_API_KEY: undefined, AZURE_OPENAI_API_KEY: undefined };
    const { failures, tests, output } = await project.run({ env, args: [`--pool=${pool}`] });
    expect(failures, output).toEqual({});
    expect(Object.keys(tests)).toHaveLength(4);
  },
);
