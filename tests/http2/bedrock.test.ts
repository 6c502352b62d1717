import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  InvokeModelWithResponseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";
import { afterAll, beforeAll, expect, test } from "vitest";
import { testCassette } from "../contract/support/taping.ts";
import { type ProviderServer, startProviderServer } from "../support/provider-server/index.ts";

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer({ http2: true });
});
afterAll(() => server.close());

const modelId = "anthropic.claude-sonnet-4-5";
const messages = [{ role: "user" as const, content: [{ text: "Tell a joke" }] }];

function client(): BedrockRuntimeClient {
  return new BedrockRuntimeClient({
    region: "us-east-1",
    endpoint: server.url,
    credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" },
  });
}

async function converse(bedrock: BedrockRuntimeClient): Promise<unknown> {
  const { output, stopReason, usage } = await bedrock.send(new ConverseCommand({ modelId, messages }));
  return { output, stopReason, usage };
}

async function converseStream(bedrock: BedrockRuntimeClient): Promise<unknown> {
  const { stream } = await bedrock.send(new ConverseStreamCommand({ modelId, messages }));
  const events: unknown[] = [];
  for await (const event of stream ?? []) events.push(event);
  return events;
}

async function invokeStream(bedrock: BedrockRuntimeClient): Promise<unknown> {
  const body = JSON.stringify({
    anthropic_version: "bedrock-2023-05-31",
    max_tokens: 64,
    messages: [{ role: "user", content: "Tell a joke" }],
  });
  const { body: stream } = await bedrock.send(
    new InvokeModelWithResponseStreamCommand({ modelId, body, contentType: "application/json" }),
  );
  const events: unknown[] = [];
  for await (const event of stream ?? [])
    events.push(JSON.parse(Buffer.from(event.chunk?.bytes ?? []).toString()));
  return events;
}

const CALLS = [
  ["Converse", converse],
  ["ConverseStream", converseStream],
  ["InvokeModelWithResponseStream", invokeStream],
] as const;

test.for(CALLS)(
  "%s over the client's own HTTP/2 is the same live, recorded and replayed",
  async ([, call]) => {
    using cassette = testCassette();
    const ask = async (): Promise<unknown> => {
      const bedrock = client();
      try {
        return await call(bedrock);
      } finally {
        bedrock.destroy();
      }
    };
    const live = await ask();
    expect(live).not.toEqual([]);
    expect(await cassette.record(ask)).toEqual(live);
    const { acceptedConnections } = server;
    const [replayed, trace] = await cassette.play(async (open) => [await ask(), open.stream()]);
    expect(replayed).toEqual(live);
    expect(trace).toMatchObject({ provider: "aws.bedrock", end: "complete" });
    expect(server.acceptedConnections).toBe(acceptedConnections);
  },
);

test("a client that is shared between cassettes sends each request to its own", async () => {
  using one = testCassette();
  using other = testCassette();
  const bedrock = client();
  const first = await one.record(() => converseStream(bedrock));
  const second = await other.record(() => converse(bedrock));
  const sent = server.requests.length;
  expect(await one.play(() => converseStream(bedrock))).toEqual(first);
  expect(await other.play(() => converse(bedrock))).toEqual(second);
  await expect(one.play(() => converse(bedrock))).rejects.toMatchObject({ cause: { code: "CASSETTE_MISS" } });
  expect(server.requests.length).toBe(sent);
  bedrock.destroy();
});
