import { createAnthropic } from "@ai-sdk/anthropic";
import { askAiSdk, runAiSdk } from "./ai-sdk.ts";
import { keyOption, type RunOptions } from "./scenario.ts";

export const name = "ai with @ai-sdk/anthropic";
export const provider = "anthropic";

export const badRequest = "AI_APICallError";

export async function ask(baseUrl: string, question: string): Promise<unknown> {
  const anthropic = createAnthropic({ ...keyOption(), baseURL: `${baseUrl}/v1` });
  return askAiSdk(anthropic("claude-opus-5"), question);
}

export async function run(baseUrl: string, options?: RunOptions): Promise<unknown> {
  const anthropic = createAnthropic({ ...keyOption(options), baseURL: `${baseUrl}/v1` });
  return runAiSdk(anthropic("claude-opus-5"));
}
