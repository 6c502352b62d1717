import { STAND_IN_KEY } from "../cassette/stand-in-key.ts";
import { profiles } from "../providers/registry.ts";

/**
 * Variables to leave alone: other tools read them too (git forges, clouds), or an SDK behaves differently if they are
 * set (Vertex AI: express mode, with other URLs).
 */
const OTHER_USES: readonly string[] = [
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

/**
 * Sets a placeholder for the key of every provider that has none in the environment. Only for runs that send
 * nothing.
 */
export function setPlaceholderKeys(env: NodeJS.ProcessEnv): void {
  for (const { keyVariables } of profiles) {
    const usual = keyVariables.filter((name) => !INDEPENDENT.includes(name));
    const [first] = usual;
    const chosen = usual.find((name) => PREFERRED.includes(name)) ?? first;
    if (chosen !== undefined && !OTHER_USES.includes(chosen) && !usual.some((name) => env[name])) {
      env[chosen] = STAND_IN_KEY;
    }
  }
  for (const name of INDEPENDENT) env[name] ||= STAND_IN_KEY;
}
