import { createOpenAI } from "@ai-sdk/openai";
import { runAiSdk } from "./ai-sdk.ts";
import { API_KEY } from "./scenario.ts";

export const name = "ai with @ai-sdk/openai";
export const provider = "openai";

/** The Responses API, which this package takes by default, and Chat Completions. */
export async function run(baseUrl: string): Promise<unknown> {
  const openai = createOpenAI({ apiKey: API_KEY, baseURL: `${baseUrl}/v1` });
  return {
    responses: await runAiSdk(openai("gpt-5-mini")),
    chat: await runAiSdk(openai.chat("gpt-5-mini")),
  };
}
