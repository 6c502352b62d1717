import { treatText } from "./body.ts";
import type { Placeholders } from "./placeholder.ts";
import type { Rules } from "./rules.ts";

/** Not numbered: a name is the same whatever else has been met. */
const UNNUMBERED: Placeholders = { of: (_secret, type) => `<redacted:${type}>` };

/** A name (of a test, of a field) without what is a secret in it by its value or its shape. */
export function nameWithoutSecrets(name: string, rules: Rules): string {
  return treatText(
    name,
    [{ rules, mode: { names: false }, placeholders: UNNUMBERED }],
    "name",
    (inspection, source) => inspection.text(source),
  );
}
