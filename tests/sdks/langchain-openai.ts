import { type AIMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { ChatOpenAI } from "@langchain/openai";
import {
  keyOption,
  plain,
  QUESTION,
  type RunOptions,
  WEATHER_QUESTION,
  WEATHER_SCHEMA,
  weather,
} from "./scenario.ts";

export const name = "@langchain/openai";
export const provider = "openai";

const WEATHER = tool((input) => weather(input), {
  name: "weather",
  description: "The weather",
  schema: { ...WEATHER_SCHEMA, required: [...WEATHER_SCHEMA.required] },
});

export const badRequest = "BadRequestError";

export async function ask(baseUrl: string, question: string): Promise<unknown> {
  return modelAt(baseUrl, false).invoke(question);
}

function modelAt(baseUrl: string, useResponsesApi: boolean, options?: RunOptions): ChatOpenAI {
  const configuration = { baseURL: `${baseUrl}/v1` };
  return new ChatOpenAI({ model: "gpt-5-mini", ...keyOption(options), configuration, useResponsesApi });
}

/** Chat Completions, and the Responses API. */
export async function run(baseUrl: string, options?: RunOptions): Promise<unknown> {
  const chat = (useResponsesApi: boolean): ChatOpenAI => modelAt(baseUrl, useResponsesApi, options);
  return plain({ chat: await converse(chat(false)), responses: await converse(chat(true)) });
}

async function converse(model: ChatOpenAI): Promise<unknown> {
  const streamed: unknown[] = [];
  for await (const chunk of await model.stream(QUESTION)) streamed.push(told(chunk));
  return { streamed, invoked: told(await model.invoke(QUESTION)), toolLoop: await toolLoop(model) };
}

async function toolLoop(model: ChatOpenAI): Promise<unknown> {
  const withTools = model.bindTools([WEATHER]);
  const question = new HumanMessage(WEATHER_QUESTION);
  const chunks: unknown[] = [];
  let message: AIMessage | undefined;
  for await (const chunk of await withTools.stream([question])) {
    chunks.push({ ...told(chunk), pieces: plain(chunk.tool_call_chunks) });
    message = message === undefined ? chunk : (message as typeof chunk).concat(chunk);
  }
  if (message === undefined) return { chunks };
  const results = (message.tool_calls ?? []).map(
    (call) => new ToolMessage({ content: weather(call.args), tool_call_id: call.id ?? "" }),
  );
  const answer = await withTools.invoke([question, message, ...results]);
  return {
    chunks,
    message: told(message),
    results: results.map(({ content }) => content),
    answer: told(answer),
  };
}

function told(message: AIMessage): Record<string, unknown> {
  return {
    content: plain(message.content),
    id: message.id,
    tool_calls: plain(message.tool_calls),
    usage: plain(message.usage_metadata),
    metadata: plain(message.response_metadata, ["headers"]),
  };
}
