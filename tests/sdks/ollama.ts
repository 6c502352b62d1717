import { type Message, Ollama, type Tool } from "ollama";
import { collect, plain, QUESTION, WEATHER_QUESTION, weather } from "./scenario.ts";

export const name = "ollama";
export const provider = "ollama";

const model = "qwen3:14b";
const TOOLS: Tool[] = [
  {
    type: "function",
    function: {
      name: "weather",
      description: "The weather",
      parameters: {
        type: "object",
        properties: { city: { type: "string", description: "Name of the city" }, days: { type: "integer" } },
        required: ["city", "days"],
      },
    },
  },
];

export const badRequest = "ResponseError";

export async function ask(baseUrl: string, question: string): Promise<unknown> {
  const client = new Ollama({ host: baseUrl });
  return client.chat({ model, messages: [{ role: "user", content: question }] });
}

export async function run(baseUrl: string): Promise<unknown> {
  const client = new Ollama({ host: baseUrl });
  const messages: Message[] = [{ role: "user", content: QUESTION }];
  return {
    streamed: await collect(await client.chat({ model, messages, think: true, stream: true })),
    whole: plain(await client.chat({ model, messages })),
    toolLoop: await toolLoop(client),
    generated: await collect(await client.generate({ model, prompt: QUESTION, stream: true })),
    embedded: plain(await client.embed({ model, input: "é" })),
    models: plain(await client.list()),
  };
}

async function toolLoop(client: Ollama): Promise<unknown> {
  const messages: Message[] = [{ role: "user", content: WEATHER_QUESTION }];
  const parts: unknown[] = [];
  for await (const part of await client.chat({
    model,
    messages: [...messages],
    tools: TOOLS,
    stream: true,
  })) {
    parts.push(plain(part));
    for (const call of part.message.tool_calls ?? []) {
      messages.push({ role: "assistant", content: "", tool_calls: [call] });
      messages.push({
        role: "tool",
        tool_name: call.function.name,
        content: weather(call.function.arguments),
      });
    }
  }
  return { parts, answer: plain(await client.chat({ model, messages, tools: TOOLS })) };
}
