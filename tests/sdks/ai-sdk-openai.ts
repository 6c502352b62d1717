import { createOpenAI } from "@ai-sdk/openai";
import { askAiSdk, runAiSdk } from "./ai-sdk.ts";
import { keyOption, type RunOptions } from "./scenario.ts";

export const name = "ai with @ai-sdk/openai";
export const provider = "openai";

export const badRequest = "AI_APICallError";

export async function ask(baseUrl: string, question: string): Promise<unknown> {
  const openai = createOpenAI({ ...keyOption(), baseURL: `${baseUrl}/v1` });
  return askAiSdk(openai("gpt-5-mini"), question);
}

/** The Responses API, which this package takes by default, and Chat Completions. */
export async function run(baseUrl: string, options?: RunOptions): Promise<unknown> {
  const openai = createOpenAI({ ...keyOption(options), baseURL: `${baseUrl}/v1` });
  return {
    responses: await runAiSdk(openai("gpt-5-mini")),
    chat: await runAiSdk(openai.chat("gpt-5-mini")),
  };
}
