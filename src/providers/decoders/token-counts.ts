import type { TraceUsage } from "../../streams/decoder.ts";
import { type JsonObject, number, object } from "./values.ts";

export type TokenCounts = Omit<TraceUsage, "raw">;

/** The names that providers give to each count, a dot before a name within an object. The first one that is there counts. */
const NAMES: Readonly<Record<keyof TokenCounts, readonly string[]>> = {
  inputTokens: [
    "prompt_tokens",
    "input_tokens",
    "inputTokens",
    "inputTokens.total",
    "promptTokenCount",
    "total_input_tokens",
    "inputTokenCount",
    "input_token_count",
    "prompt_eval_count",
  ],
  outputTokens: [
    "completion_tokens",
    "output_tokens",
    "outputTokens",
    "outputTokens.total",
    "outputTokenCount",
    "generated_token_count",
    "eval_count",
  ],
  totalTokens: ["total_tokens", "totalTokens", "totalTokenCount"],
  reasoningTokens: [
    "completion_tokens_details.reasoning_tokens",
    "output_tokens_details.reasoning_tokens",
    "output_tokens_details.thinking_tokens",
    "output_token_details.reasoning",
    "reasoning_tokens",
    "reasoningTokens",
    "outputTokens.reasoning",
    "thoughtsTokenCount",
    "total_thought_tokens",
  ],
  cachedInputTokens: [
    "prompt_tokens_details.cached_tokens",
    "prompt_token_details.cached_tokens",
    "input_tokens_details.cached_tokens",
    "input_token_details.cached_tokens",
    "input_token_details.cache_read",
    "cache_read_input_tokens",
    "prompt_cache_hit_tokens",
    "cached_tokens",
    "cachedInputTokens",
    "inputTokens.cacheRead",
    "cacheReadInputTokens",
    "cacheReadInputTokenCount",
    "cachedContentTokenCount",
    "total_cached_tokens",
  ],
};

const PATHS = Object.entries(NAMES).map(
  ([count, names]) => [count as keyof TokenCounts, names.map((name) => name.split("."))] as const,
);

/** Reads token counts in any provider's format. */
export function tokenCounts(raw: JsonObject): TokenCounts {
  return Object.fromEntries(
    PATHS.map(([count, paths]) => [
      count,
      paths
        .map(([name = "", inner]) => {
          const value = raw[name];
          return number(inner === undefined ? value : object(value)[inner]);
        })
        .find((value) => value !== undefined),
    ]),
  ) as unknown as TokenCounts;
}
