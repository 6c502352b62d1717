import OpenAI from "openai";
import type { ChatCompletionMessageParam, ChatCompletionTool } from "openai/resources/chat/completions";
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

export const name = "openai";
export const provider = "openai";

const MODEL = "gpt-5-mini";
const TOOLS: ChatCompletionTool[] = [
  {
    type: "function",
    function: { name: "weather", description: "The weather", parameters: { ...WEATHER_SCHEMA } },
  },
];

export const badRequest = "BadRequestError";

export async function ask(baseUrl: string, question: string): Promise<unknown> {
  const client = new OpenAI({ ...keyOption(), baseURL: `${baseUrl}/v1` });
  return client.chat.completions.create({ model: MODEL, messages: [user(question)] });
}

export async function run(baseUrl: string, options?: RunOptions): Promise<unknown> {
  const client = new OpenAI({ ...keyOption(options), baseURL: `${baseUrl}/v1` });
  return {
    streamed: await streamed(client),
    whole: plain(await client.chat.completions.create({ model: MODEL, messages: [user(QUESTION)] })),
    choices: await collect(
      await client.chat.completions.create({
        model: MODEL,
        n: 2,
        stream: true,
        messages: [user("Two, please")],
      }),
    ),
    toolLoop: await toolLoop(client),
    responses: await responses(client),
    embeddings: plain(
      await client.embeddings.create({ model: "text-embedding-3-small", input: ["é", "🎉"] }),
    ),
    speech: await speech(client),
    models: await collect(client.models.list()),
    left: await left(client),
    failure: await failure(client),
  };
}

function user(content: string): ChatCompletionMessageParam {
  return { role: "user", content };
}

async function streamed(client: OpenAI): Promise<unknown> {
  const stream = client.chat.completions.stream({
    model: MODEL,
    messages: [user(QUESTION)],
    stream_options: { include_usage: true },
  });
  const chunks = await collect(stream);
  return {
    chunks,
    final: plain(await stream.finalChatCompletion()),
    usage: plain(await stream.totalUsage()),
  };
}

/** Streams the call of a tool, answers it, and takes the second answer whole. */
async function toolLoop(client: OpenAI): Promise<unknown> {
  const messages = [user(WEATHER_QUESTION)];
  const stream = client.chat.completions.stream({ model: MODEL, messages, tools: TOOLS });
  const chunks = await collect(stream);
  const { message } = (await stream.finalChatCompletion()).choices[0] ?? {};
  if (message === undefined) return { chunks };
  messages.push(message);
  for (const call of message.tool_calls ?? []) {
    if (call.type !== "function") continue;
    const content = weather(JSON.parse(call.function.arguments));
    messages.push({ role: "tool", tool_call_id: call.id, content });
  }
  const answer = await client.chat.completions.create({ model: MODEL, messages, tools: TOOLS });
  return { chunks, message: plain(message), answer: plain(answer) };
}

async function responses(client: OpenAI): Promise<unknown> {
  const stream = client.responses.stream({
    model: MODEL,
    input: WEATHER_QUESTION,
    reasoning: { effort: "low", summary: "auto" },
    tools: [{ type: "function", name: "weather", parameters: { ...WEATHER_SCHEMA }, strict: true }],
  });
  const events = await collect(stream);
  const final = await stream.finalResponse();
  const whole = await client.responses.create({ model: MODEL, input: QUESTION });
  return { events, final: plain(final), text: final.output_text, whole: plain(whole) };
}

async function speech(client: OpenAI): Promise<unknown> {
  const response = await client.audio.speech.create({ model: "tts-1", voice: "alloy", input: "Bonjour ☀️" });
  return {
    type: response.headers.get("content-type"),
    audio: plain(new Uint8Array(await response.arrayBuffer())),
  };
}

/** A stream that is left after a few chunks, while the server would go on. */
async function left(client: OpenAI): Promise<unknown> {
  const headers = { "x-test-script": '{"pace":5,"ending":"endless"}' };
  const stream = await client.chat.completions.create(
    { model: MODEL, stream: true, messages: [user("Go on for ever")] },
    { headers },
  );
  const chunks: unknown[] = [];
  for await (const chunk of stream) {
    chunks.push(plain(chunk));
    if (chunks.length === 12) break;
  }
  return { chunks, aborted: stream.controller.signal.aborted };
}

/** A refusal by the provider: an error of the SDK's own class. */
async function failure(client: OpenAI): Promise<unknown> {
  const headers = { "x-test-script": '{"status":404}' };
  try {
    return await client.chat.completions.create({ model: "none", messages: [user(QUESTION)] }, { headers });
  } catch (error) {
    if (!(error instanceof OpenAI.APIError)) throw error;
    return { class: error.constructor.name, status: error.status, code: error.code, message: error.message };
  }
}
