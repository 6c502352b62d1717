import { createGoogleGenerativeAI } from "@ai-sdk/google";
import { runAiSdk } from "./ai-sdk.ts";
import { API_KEY } from "./scenario.ts";

export const name = "ai with @ai-sdk/google";
export const provider = "gemini";

export async function run(baseUrl: string): Promise<unknown> {
  const google = createGoogleGenerativeAI({ apiKey: API_KEY, baseURL: `${baseUrl}/v1beta` });
  return runAiSdk(google("gemini-3-flash"));
}
