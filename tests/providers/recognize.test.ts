import { expect, test } from "vitest";
import { profiles, recognize } from "../../src/providers/registry.ts";
import { startCpuTimer } from "../support/cpu-timer.ts";

function found(url: string, headers: [string, string][] = []): string | undefined {
  const recognized = recognize(url, { method: "POST", headers });
  return recognized && `${recognized.profile.name} ${recognized.endpoint.api}`;
}

test.each([
  ["https://api.openai.com/v1/chat/completions", "openai chat"],
  ["https://api.openai.com/v1/responses", "openai responses"],
  ["https://api.openai.com/v1/responses/resp_1?stream=true&starting_after=3", "openai responses"],
  ["https://api.openai.com/v1/completions", "openai completions"],
  ["https://api.openai.com/v1/embeddings", "openai embeddings"],
  ["https://api.openai.com/v1/audio/transcriptions", "openai transcriptions"],
  ["https://api.openai.com/v1/threads/thread_1/runs", "openai assistants"],
  ["https://eu.api.openai.com/v1/responses", "openai responses"],
  ["https://api.anthropic.com/v1/messages?beta=true", "anthropic messages"],
  ["https://api.anthropic.com/v1/complete", "anthropic complete"],
  [
    "https://generativelanguage.googleapis.com/v1beta/models/gemini-3-flash:streamGenerateContent?alt=sse",
    "gcp.gemini generateContent",
  ],
  ["https://generativelanguage.googleapis.com/v1beta/interactions", "gcp.gemini interactions"],
  ["https://generativelanguage.googleapis.com/v1beta/openai/chat/completions", "gcp.gemini chat"],
  [
    "https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/us-central1/publishers/google/models/m:streamGenerateContent",
    "gcp.vertex_ai generateContent",
  ],
  [
    "https://aiplatform.googleapis.com/v1beta1/publishers/google/models/m:generateContent",
    "gcp.vertex_ai generateContent",
  ],
  [
    "https://us-east5-aiplatform.googleapis.com/v1/projects/p/locations/l/publishers/anthropic/models/c@1:streamRawPredict",
    "gcp.vertex_ai messages",
  ],
  ["https://api.mistral.ai/v1/chat/completions", "mistral_ai chat"],
  ["https://api.cohere.com/v2/chat", "cohere chat"],
  ["https://bedrock-runtime.us-east-1.amazonaws.com/model/a%3A0/converse-stream", "aws.bedrock converse"],
  [
    "https://bedrock-runtime.eu-west-1.amazonaws.com/model/arn%3Aaws%3Abedrock%3Ax%2Fy/invoke-with-response-stream",
    "aws.bedrock invoke",
  ],
  ["https://bedrock-mantle.us-east-1.api.aws/v1/chat/completions", "aws.bedrock chat"],
  ["https://bedrock-mantle.us-east-1.api.aws/anthropic/v1/messages", "aws.bedrock messages"],
  ["https://openrouter.ai/api/v1/chat/completions", "openrouter chat"],
  ["https://openrouter.ai/api/v1/messages", "openrouter messages"],
  ["https://x.openai.azure.com/openai/deployments/d/chat/completions?api-version=1", "azure.ai.openai chat"],
  ["https://x.openai.azure.com/openai/v1/responses", "azure.ai.openai responses"],
  ["https://x.services.ai.azure.com/models/chat/completions?api-version=1", "azure.ai.openai chat"],
  ["https://x.services.ai.azure.com/anthropic/v1/messages", "azure.ai.openai messages"],
  ["https://api.groq.com/openai/v1/chat/completions", "groq chat"],
  ["https://api.deepseek.com/chat/completions", "deepseek chat"],
  ["https://api.deepseek.com/beta/completions", "deepseek completions"],
  ["https://api.deepseek.com/responses", "deepseek responses"],
  ["https://api.x.ai/v1/responses", "x_ai responses"],
  ["https://api.perplexity.ai/chat/completions", "perplexity chat"],
  ["https://api.together.ai/v1/chat/completions", "together chat"],
  ["https://api.writer.com/v1/chat", "writer chat"],
  ["https://router.huggingface.co/v1/chat/completions", "huggingface chat"],
  ["https://o-a.snowflakecomputing.com/api/v2/cortex/v1/chat/completions", "snowflake chat"],
  [
    "https://us-south.ml.cloud.ibm.com/ml/v1-beta/generation/text_stream?version=1",
    "ibm.watsonx.ai generation",
  ],
  ["https://us-south.ml.cloud.ibm.com/ml/v1/text/generation_stream", "ibm.watsonx.ai generation"],
  ["https://streaming-api.svc.us.c.replicate.net/v1/streams/56o7", "replicate stream"],
  ["https://dashscope-intl.aliyuncs.com/compatible-mode/v1/chat/completions", "alibaba chat"],
  ["https://mcp.deepwiki.com/mcp", "mcp mcp"],
])("%s is %s", (url, expected) => {
  expect(found(url)).toBe(expected);
});

test("any path of a host that a profile names belongs to that profile", () => {
  expect(found("https://api.openai.com/v9/something")).toBe("openai other");
});

test.each([
  ["http://localhost:8000/v1/chat/completions", "openai-compatible chat"],
  ["http://127.0.0.1:4000/v1/messages", "anthropic messages"],
  ["http://[::1]:4000/v1/responses", "openai-compatible responses"],
  ["http://gpustack.internal/v1-openai/chat/completions", "openai-compatible chat"],
  ["http://localhost:9/v1beta/models/m:streamGenerateContent", "gcp.gemini generateContent"],
  ["http://localhost:9/model/a%3A0/converse-stream", "aws.bedrock converse"],
  ["http://proxy:9/openai/deployments/d/chat/completions", "azure.ai.openai chat"],
  ["http://localhost:11434/api/chat", "ollama chat"],
  ["http://127.0.0.1:11434/api/generate", "ollama generate"],
  ["http://localhost:11434/v1/chat/completions", "ollama chat.compatible"],
])("%s is %s by its path or port alone", (url, expected) => {
  expect(found(url)).toBe(expected);
});

test.each([
  "http://localhost:3000/api/chat",
  "http://localhost:3000/api/generate",
  "http://localhost:3000/mcp",
  "http://localhost:3000/v1/complete",
  "http://localhost:3000/",
  "https://example.com/v1/models/recipes:list",
  "https://evil-api.openai.com.example.com/v1/chats",
  "not a url",
  "data:text/plain,v1/messages",
])("%s belongs to no provider", (url) => {
  expect(found(url)).toBeUndefined();
});

test("a request with the protocol's headers is MCP on any path of another machine, not on loopback", () => {
  const headers: [string, string][] = [["MCP-Protocol-Version", "2025-11-25"]];
  expect(found("https://tools.example.com/rpc", headers)).toBe("mcp mcp");
  expect(found("http://localhost:3000/rpc", headers)).toBeUndefined();
});

test("a Bedrock model id has one form however it was encoded", () => {
  const { normalizePath } = profiles.find(({ name }) => name === "aws.bedrock")!.varies;
  const encoded = "/model/us.amazon.nova-micro-v1%3A0/converse-stream";
  expect(normalizePath!("/model/us.amazon.nova-micro-v1:0/converse-stream")).toBe(encoded);
  expect(normalizePath!(encoded)).toBe(encoded);
  expect(normalizePath!("/model/arn:aws:bedrock:us-east-1:1:inference-profile/x/invoke")).toBe(
    normalizePath!("/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Ainference-profile%2Fx/invoke"),
  );
  expect(normalizePath!("/model/100%/invoke")).toBe("/model/100%25/invoke");
  expect(normalizePath!("/guardrail/x")).toBe("/guardrail/x");
});

test("profiles have names of their own and patterns that can be searched with", () => {
  const names = profiles.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const { pattern } of profiles.flatMap(({ secrets }) => secrets.patterns ?? [])) {
    expect(pattern.flags).toContain("g");
    expect(pattern.source).not.toMatch(/^\^|\$$/);
  }
});

test("every profile has an error body with the message in it", () => {
  for (const profile of profiles) {
    const body = JSON.stringify(profile.errorBody({ status: 400, type: "miss", message: "not on the tape" }));
    expect(body).toContain("not on the tape");
  }
});

test("recognizing costs microseconds", () => {
  const urls = [
    "https://api.openai.com/v1/responses",
    "https://example.com/some/path",
    "http://localhost:3000/api/chat",
  ];
  const cpuTime = startCpuTimer();
  for (let i = 0; i < 10_000; i++) for (const url of urls) recognize(url);
  expect(cpuTime() / 30_000).toBeLessThan(0.1);
});
