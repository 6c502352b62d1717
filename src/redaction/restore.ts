import type { ProviderProfile } from "../providers/profile.ts";
import { toLabel } from "./placeholder.ts";
import type { Rules } from "./rules.ts";

/**
 * Replaces placeholders with the environment's values: `<redacted:openai-key>` with the first key of that kind or
 * provider, `<redacted:my-service-token>` with `MY_SERVICE_TOKEN`, `<redacted:openai-key-2>` with the second of its
 * kind. The tape does not say which of several keys was recorded.
 */
export function restorer(
  rules: Rules,
  env: Readonly<Record<string, string | undefined>>,
  profiles: readonly ProviderProfile[],
): (placeholder: string) => string | undefined {
  const values = new Map<string, Set<string>>();
  const note = (label: string, value: string): void => {
    const known = values.get(label) ?? new Set();
    values.set(label, known.add(value));
  };
  // The key that a provider's SDK would use comes first, so that an admin key is not used instead.
  for (const { keyVariables, secrets } of profiles) {
    const keyType = secrets.patterns?.find(({ type }) => /-(?:key|token)$/.test(type))?.type;
    for (const variable of keyVariables) {
      const value = env[variable];
      if (value) note(rules.finder.typeOf(value) ?? keyType ?? toLabel(variable), value);
    }
  }
  for (const { value, label } of [...rules.secrets].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    note(rules.typeOf(value, label), value);
    note(label, value);
  }
  return (placeholder) => {
    const label = /^<redacted:(.+)>$/.exec(placeholder)?.[1];
    if (label === undefined) return undefined;
    const exact = values.get(label);
    if (exact !== undefined) return [...exact][0];
    const numbered = /^(.+)-(\d+)$/.exec(label);
    return numbered === null
      ? undefined
      : [...(values.get(numbered[1] as string) ?? [])][Number(numbered[2]) - 1];
  };
}
