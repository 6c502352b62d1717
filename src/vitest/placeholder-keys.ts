import { profiles } from "../providers/registry.ts";

/** What stands in an unset key variable: SDKs refuse to be constructed without one. */
export const PLACEHOLDER_KEY = "placeholder-key-set-by-vitest-cassette";

/** Variables of which only one may be set: the SDK that reads them complains of two. */
const ALTERNATIVES: readonly (readonly string[])[] = [["GOOGLE_API_KEY", "GEMINI_API_KEY"]];

/** Gives every provider's unset key variable a placeholder. Only for runs in which nothing can be sent. */
export function setPlaceholderKeys(env: NodeJS.ProcessEnv): void {
  const names = new Set(profiles.flatMap((profile) => profile.keyVariables));
  for (const name of names) {
    const others = ALTERNATIVES.find((group) => group.includes(name)) ?? [];
    if (env[name] || others.some((other) => env[other])) continue;
    env[name] = PLACEHOLDER_KEY;
  }
}
