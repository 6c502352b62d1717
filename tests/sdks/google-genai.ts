import { type Content, type GenerateContentResponse, GoogleGenAI, type Tool } from "@google/genai";
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

export const name = "@google/genai";
export const provider = "gemini";

const MODEL = "gemini-3-flash";
const TOOLS: Tool[] = [
  {
    functionDeclarations: [
      { name: "weather", description: "The weather", parametersJsonSchema: WEATHER_SCHEMA },
    ],
  },
];
/** The HTTP response that the SDK hangs on its own. */
const OMIT = ["sdkHttpResponse"];

export const badRequest = "ApiError";

export async function ask(baseUrl: string, question: string): Promise<unknown> {
  const client = new GoogleGenAI({ ...keyOption(), httpOptions: { baseUrl } });
  return client.models.generateContent({ model: MODEL, contents: question });
}

export async function run(baseUrl: string, options?: RunOptions): Promise<unknown> {
  const client = new GoogleGenAI({ ...keyOption(options), httpOptions: { baseUrl } });
  return {
    streamed: await streamed(client),
    whole: told(await client.models.generateContent({ model: MODEL, contents: QUESTION })),
    toolLoop: await toolLoop(client),
    chat: await chat(client),
    tokens: plain(await client.models.countTokens({ model: MODEL, contents: QUESTION }), OMIT),
    embeddings: plain(await client.models.embedContent({ model: "gemini-embedding", contents: ["é"] }), OMIT),
  };
}

function told(response: GenerateContentResponse): unknown {
  const { functionCalls } = response;
  // Its `text` warns on the console where there are other parts.
  const text = functionCalls === undefined ? response.text : undefined;
  return plain({ response, text, functionCalls }, OMIT);
}

async function streamed(client: GoogleGenAI): Promise<unknown> {
  const stream = await client.models.generateContentStream({
    model: MODEL,
    contents: QUESTION,
    config: { thinkingConfig: { includeThoughts: true } },
  });
  return collect(stream, OMIT);
}

async function toolLoop(client: GoogleGenAI): Promise<unknown> {
  const contents: Content[] = [{ role: "user", parts: [{ text: WEATHER_QUESTION }] }];
  const stream = await client.models.generateContentStream({
    model: MODEL,
    contents,
    config: { tools: TOOLS },
  });
  const responses: unknown[] = [];
  const model: Content = { role: "model", parts: [] };
  const results: Content = { role: "user", parts: [] };
  for await (const response of stream) {
    responses.push(told(response));
    model.parts?.push(...(response.candidates?.[0]?.content?.parts ?? []));
    for (const { id, name: called, args } of response.functionCalls ?? []) {
      const result = { ...(id === undefined ? {} : { id }), response: { output: weather(args) } };
      results.parts?.push({
        functionResponse: { ...result, ...(called === undefined ? {} : { name: called }) },
      });
    }
  }
  const answer = await client.models.generateContent({
    model: MODEL,
    contents: [...contents, model, results],
    config: { tools: TOOLS },
  });
  return { responses, answer: told(answer) };
}

/** Two turns, the second of which sends the first along. */
async function chat(client: GoogleGenAI): Promise<unknown> {
  const session = client.chats.create({ model: MODEL });
  const first = await collect(await session.sendMessageStream({ message: "One" }), OMIT);
  const second = await collect(await session.sendMessageStream({ message: "Two" }), OMIT);
  return { first, second, history: plain(session.getHistory(), OMIT) };
}
