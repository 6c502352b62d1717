import { STAND_IN_KEY } from "../cassette/stand-in-key.ts";
import type { PlaceholderKey } from "../session/worker-state.ts";

/** Sets placeholders for the keys that the environment does not have. Only for runs that send nothing. */
export function setPlaceholderKeys(env: NodeJS.ProcessEnv, keys: readonly PlaceholderKey[]): void {
  for (const { name, unless } of keys) if (!unless.some((each) => env[each])) env[name] = STAND_IN_KEY;
}
