import Anthropic from "@anthropic-ai/sdk";
import {
  collect,
  keyOption,
  plain,
  QUESTION,
  type RunOptions,
  WEATHER_QUESTION,
  WEATHER_SCHEMA,
  weather,
} from "./scenario.ts";

export const name = "@anthropic-ai/sdk";
export const provider = "anthropic";

const COMMON = { model: "claude-opus-5", max_tokens: 1024 } as const;
const TOOLS: Anthropic.Tool[] = [
  {
    name: "weather",
    description: "The weather",
    input_schema: { ...WEATHER_SCHEMA, required: [...WEATHER_SCHEMA.required] },
  },
];

export const badRequest = "BadRequestError";

export async function ask(baseUrl: string, question: string): Promise<unknown> {
  const client = new Anthropic({ ...keyOption(), baseURL: baseUrl });
  return client.messages.create({ ...COMMON, messages: [{ role: "user", content: question }] });
}

export async function run(baseUrl: string, options?: RunOptions): Promise<unknown> {
  const client = new Anthropic({ ...keyOption(options), baseURL: baseUrl });
  return {
    streamed: await streamed(client),
    events: await collect(
      await client.messages.create({
        ...COMMON,
        stream: true,
        messages: [{ role: "user", content: "Again" }],
      }),
    ),
    whole: plain(
      await client.messages.create({ ...COMMON, messages: [{ role: "user", content: QUESTION }] }),
    ),
    toolLoop: await toolLoop(client),
    brokenStream: await brokenStream(client),
  };
}

/** The stream helper with thinking: what it tells its listeners, in order, and the final message. */
async function streamed(client: Anthropic): Promise<unknown> {
  const told: unknown[] = [];
  const stream = client.messages
    .stream({
      ...COMMON,
      max_tokens: 4096,
      thinking: { type: "enabled", budget_tokens: 1024 },
      messages: [{ role: "user", content: QUESTION }],
    })
    .on("text", (delta) => told.push(["text", delta]))
    .on("thinking", (delta) => told.push(["thinking", delta]))
    .on("contentBlock", (block) => told.push(["block", plain(block)]));
  const events = await collect(stream);
  return { events, told, final: plain(await stream.finalMessage()), text: await stream.finalText() };
}

async function toolLoop(client: Anthropic): Promise<unknown> {
  const messages: Anthropic.MessageParam[] = [{ role: "user", content: WEATHER_QUESTION }];
  const partial: unknown[] = [];
  const stream = client.messages
    .stream({ ...COMMON, tools: TOOLS, messages })
    .on("inputJson", (delta, snapshot) => partial.push([delta, plain(snapshot)]));
  const message = await stream.finalMessage();
  const results = message.content
    .filter((block) => block.type === "tool_use")
    .map((block) => ({ type: "tool_result" as const, tool_use_id: block.id, content: weather(block.input) }));
  messages.push({ role: "assistant", content: message.content }, { role: "user", content: results });
  const answer = await client.messages.stream({ ...COMMON, tools: TOOLS, messages }).finalMessage();
  return { partial, message: plain(message), answer: plain(answer) };
}

/** An overload in the middle of the stream: what had come before it, and the SDK's error. */
async function brokenStream(client: Anthropic): Promise<unknown> {
  const events: unknown[] = [];
  try {
    const stream = await client.messages.create(
      { ...COMMON, stream: true, messages: [{ role: "user", content: QUESTION }] },
      { headers: { "x-test-script": '{"errorAfter":5}' } },
    );
    for await (const event of stream) events.push(plain(event));
    return { events };
  } catch (error) {
    if (!(error instanceof Anthropic.APIError)) throw error;
    return { events, class: error.constructor.name, error: plain(error.error) };
  }
}
