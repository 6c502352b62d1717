import { STAND_IN_KEY } from "../cassette/stand-in-key.ts";
import { profiles } from "../providers/registry.ts";

/**
 * Variables that are left alone: other tools read them too (git forges, clouds), or an SDK takes another way
 * when they are set (Vertex AI: express mode, with other URLs).
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

/** Read by SDKs of their own, whatever else is set for the provider. */
const INDEPENDENT: readonly string[] = ["GOOGLE_GENERATIVE_AI_API_KEY"];

/** Google's own SDK reads either of two and complains of both; other SDKs read this one alone. */
const PREFERRED: readonly string[] = ["GOOGLE_API_KEY"];

/**
 * Gives every provider that has no key in the environment a placeholder for one. Only for runs in which nothing
 * can be sent.
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
