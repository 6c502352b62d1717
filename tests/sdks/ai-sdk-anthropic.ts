import { createAnthropic } from "@ai-sdk/anthropic";
import { runAiSdk } from "./ai-sdk.ts";
import { API_KEY } from "./scenario.ts";

export const name = "ai with @ai-sdk/anthropic";
export const provider = "anthropic";

export async function run(baseUrl: string): Promise<unknown> {
  const anthropic = createAnthropic({ apiKey: API_KEY, baseURL: `${baseUrl}/v1` });
  return runAiSdk(anthropic("claude-opus-5"));
}
