import * as aiSdkAnthropic from "./ai-sdk-anthropic.ts";
import * as aiSdkGoogle from "./ai-sdk-google.ts";
import * as aiSdkOpenai from "./ai-sdk-openai.ts";
import * as anthropic from "./anthropic.ts";
import * as googleGenai from "./google-genai.ts";
import * as langchainOpenai from "./langchain-openai.ts";
import * as ollama from "./ollama.ts";
import * as openai from "./openai.ts";
import type { Scenario } from "./scenario.ts";

export type { Scenario } from "./scenario.ts";

/** One a SDK. Importing this loads every one of them; import a single module to load one. */
export const SCENARIOS: readonly Scenario[] = [
  openai,
  anthropic,
  googleGenai,
  aiSdkOpenai,
  aiSdkAnthropic,
  aiSdkGoogle,
  ollama,
  langchainOpenai,
];
