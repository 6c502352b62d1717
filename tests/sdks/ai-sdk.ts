import { generateText, isStepCount, jsonSchema, type LanguageModel, Output, streamText, tool } from "ai";
import { collect, plain, QUESTION, WEATHER_QUESTION, WEATHER_SCHEMA, weather } from "./scenario.ts";

/** Made by the client: clock readings, ids, what was sent, the headers that came. */
const OMIT = ["headers", "timestamp", "performance", "request", "callId", "messageId"];

/** Every way of the AI SDK to ask a model, the same for each provider package. */
export async function runAiSdk(model: LanguageModel): Promise<unknown> {
  return plain({
    streamed: await streamed(model, QUESTION, false),
    toolLoop: await streamed(model, WEATHER_QUESTION, true),
    whole: await whole(model, QUESTION, false),
    wholeToolLoop: await whole(model, WEATHER_QUESTION, true),
    object: await object(model),
  });
}

export async function askAiSdk(model: LanguageModel, prompt: string): Promise<unknown> {
  return (await generateText({ model, prompt })).text;
}

const TOOLS = {
  weather: tool({
    description: "The weather",
    inputSchema: jsonSchema<{ city: string; days: number }>({
      ...WEATHER_SCHEMA,
      required: [...WEATHER_SCHEMA.required],
    }),
    execute: (input) => Promise.resolve(weather(input)),
  }),
};

function options(model: LanguageModel, prompt: string, withTools: boolean) {
  return { model, prompt, ...(withTools ? { tools: TOOLS, stopWhen: isStepCount(3) } : {}) };
}

async function streamed(model: LanguageModel, prompt: string, withTools: boolean): Promise<unknown> {
  const result = streamText(options(model, prompt, withTools));
  const parts = namesForIds(await collect(result.stream, OMIT));
  return {
    parts,
    text: await result.text,
    reasoning: await result.reasoningText,
    finishReason: await result.finishReason,
    usage: plain(await result.usage),
    toolCalls: plain(await result.toolCalls, OMIT),
    steps: (await result.steps).length,
  };
}

/** The same parts with the ids that the SDK draws for a text (where a provider's repeats) told by number. */
function namesForIds(parts: readonly unknown[]): unknown {
  const drawn: string[] = [];
  const json = JSON.stringify(parts).replace(/"(aitxt-\w{24})"/g, (_, id: string) => {
    if (!drawn.includes(id)) drawn.push(id);
    return `"aitxt-${drawn.indexOf(id)}"`;
  });
  return JSON.parse(json);
}

async function whole(model: LanguageModel, prompt: string, withTools: boolean): Promise<unknown> {
  const result = await generateText(options(model, prompt, withTools));
  return {
    text: result.text,
    content: plain(result.content, OMIT),
    finishReason: result.finishReason,
    usage: plain(result.usage),
    steps: plain(
      result.steps.map((step) => step.content),
      OMIT,
    ),
  };
}

/** Structured output, as it grows and at the end. */
async function object(model: LanguageModel): Promise<unknown> {
  const schema = jsonSchema<{ city: string; days: number }>({
    ...WEATHER_SCHEMA,
    required: [...WEATHER_SCHEMA.required],
  });
  const result = streamText({ model, prompt: "A place, please", output: Output.object({ schema }) });
  return { partial: await collect(result.partialOutputStream), output: plain(await result.output) };
}
