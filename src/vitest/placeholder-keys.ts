import { STAND_IN_KEY } from "../cassette/stand-in-key.ts";
import type { PlaceholderKey } from "../session/worker-state.ts";

/**
 * Sets placeholders for the keys that the environment does not have. Only for runs that send nothing.
 *
 * `env` inherits the placeholders and does not own them. Code that reads a variable finds one, and a `.env` loader,
 * which skips variables that are set, still sets its own.
 */
export function setPlaceholderKeys(env: NodeJS.ProcessEnv, keys: readonly PlaceholderKey[]): void {
  const missing = keys.filter(({ unless }) => !unless.some((each) => env[each]));
  if (missing.length === 0) return;
  const inherited = Object.create(Object.getPrototypeOf(env) as object) as NodeJS.ProcessEnv;
  for (const { name } of missing) {
    if (env[name] === "") delete env[name];
    inherited[name] = STAND_IN_KEY;
  }
  Object.setPrototypeOf(env, inherited);
  placeholders = inherited;
}

/** What `process.env` inherits from. */
let placeholders: object | undefined;
let withholders = 0;

/**
 * Takes the placeholders away while a test can send live requests: without a key, it has to fail as it would without
 * this package.
 *
 * @returns a function that gives them back, after the last caller's
 */
export function withholdPlaceholderKeys(env: NodeJS.ProcessEnv): () => void {
  const inherited = placeholders;
  if (inherited === undefined) return () => undefined;
  withholders++;
  if (withholders === 1) Object.setPrototypeOf(env, Object.getPrototypeOf(inherited) as object);
  return () => {
    withholders--;
    if (withholders === 0) Object.setPrototypeOf(env, inherited);
  };
}
