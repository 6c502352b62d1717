import { profiles } from "../providers/registry.ts";
import type { PlaceholderKey } from "../session/worker-state.ts";

/**
 * Variables to leave alone: other tools read them too (git forges, clouds), or an SDK behaves differently if they are
 * set (Vertex AI: express mode, with other URLs; Azure: an `azureADTokenProvider` is an error).
 */
const OTHER_USES: readonly string[] = [
  "AZURE_OPENAI_API_KEY",
  "CLOUDFLARE_API_TOKEN",
  "DATABRICKS_TOKEN",
  "GITHUB_COPILOT_TOKEN",
  "GITHUB_MODELS_TOKEN",
  "GOOGLE_VERTEX_API_KEY",
  "HF_TOKEN",
  "SNOWFLAKE_TOKEN",
];

/** Read by a separate SDK, even if another variable is set for the provider. */
const INDEPENDENT: readonly string[] = ["GOOGLE_GENERATIVE_AI_API_KEY"];

/** Google's own SDK reads either of two and warns if both are set; other SDKs read only this one. */
const PREFERRED: readonly string[] = ["GOOGLE_API_KEY"];

/** Lists the key variables of every provider: which one to set if the environment has none. */
export function listPlaceholderKeys(): readonly PlaceholderKey[] {
  const ofProviders = profiles.flatMap(({ keyVariables }): readonly PlaceholderKey[] => {
    const usual = keyVariables.filter((name) => !INDEPENDENT.includes(name));
    const name = usual.find((each) => PREFERRED.includes(each)) ?? usual[0];
    return name === undefined || OTHER_USES.includes(name) ? [] : [{ name, unless: usual }];
  });
  return [...ofProviders, ...INDEPENDENT.map((name) => ({ name, unless: [name] }))];
}
