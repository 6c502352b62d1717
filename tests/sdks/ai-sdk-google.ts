import { createGoogleGenerativeAI } from "@ai-sdk/google";
import { askAiSdk, runAiSdk } from "./ai-sdk.ts";
import { keyOption, type RunOptions } from "./scenario.ts";

export const name = "ai with @ai-sdk/google";
export const provider = "gemini";

export const badRequest = "AI_APICallError";

export async function ask(baseUrl: string, question: string): Promise<unknown> {
  const google = createGoogleGenerativeAI({ ...keyOption(), baseURL: `${baseUrl}/v1beta` });
  return askAiSdk(google("gemini-3-flash"), question);
}

export async function run(baseUrl: string, options?: RunOptions): Promise<unknown> {
  const google = createGoogleGenerativeAI({ ...keyOption(options), baseURL: `${baseUrl}/v1beta` });
  return runAiSdk(google("gemini-3-flash"));
}
