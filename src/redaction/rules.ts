import { type Credential, credentialsOf } from "./credentials.ts";
import { Finder } from "./finder.ts";
import { endsInOneOf, isSecretField, isSecretParameter, segments } from "./names.ts";
import type { RedactContext, RedactOptions } from "./options.ts";
import { COMMON_PATTERNS, type SecretPattern } from "./patterns.ts";
import { type Allowed, readAllowed } from "./place.ts";

/** Everything that says what is secret, ready to be asked. */
export interface Rules {
  readonly finder: Finder;
  readonly credentials: readonly Credential[];
  readonly allowed: Allowed;
  /** Whether a body field called so holds a secret. */
  isSecretField(name: string): boolean;
  /** Whether a query parameter called so holds a secret. */
  isSecretParameter(name: string): boolean;
  /** The name of a secret in its placeholder: by its shape, by the variable that holds it, or `otherwise`. */
  typeOf(secret: string, otherwise: string): string;
}

/** Puts what is known of secrets everywhere, of the providers' and of the user's together. */
export function rulesOf(options: RedactOptions, { env, profiles }: RedactContext): Rules {
  const credentials = credentialsOf(env, profiles);
  const given = (options.values ?? []).map((value) => ({ value, name: "", label: "custom" }));
  const fields = [...(options.fields ?? []), ...profiles.flatMap(({ secrets }) => secrets.fields ?? [])].map(
    segments,
  );
  const query = [...(options.query ?? []), ...profiles.flatMap(({ secrets }) => secrets.query ?? [])].map(
    segments,
  );

  // A name that was a secret itself is now its placeholder, which says nothing of the value.
  const secretField = remembering(
    (name) => !name.includes("<redacted") && (isSecretField(name) || endsInOneOf(name, fields)),
  );
  const secretParameter = remembering(
    (name) => isSecretParameter(name) || endsInOneOf(name, query) || secretField(name),
  );

  const patterns: SecretPattern[] = [
    ...distinct(profiles.flatMap(({ secrets }) => secrets.patterns ?? [])),
    ...COMMON_PATTERNS,
  ];
  const custom = (options.patterns ?? []).map((pattern) => ({ type: "custom", pattern }));
  const finder = new Finder({
    credentials: [...credentials, ...given],
    patterns,
    custom,
    isSecretParameter: secretParameter,
  });
  const labels = new Map(credentials.map(({ value, label }) => [value, label]));
  return {
    finder,
    credentials,
    allowed: readAllowed(options.allow ?? []),
    isSecretField: secretField,
    isSecretParameter: secretParameter,
    typeOf: (secret, otherwise) => finder.typeOf(secret) ?? labels.get(secret) ?? otherwise,
  };
}

/** Several profiles may share their secrets; each shape is looked for once. */
function distinct(patterns: readonly SecretPattern[]): readonly SecretPattern[] {
  const bySource = new Map(patterns.map((pattern) => [`${pattern.type} ${pattern.pattern}`, pattern]));
  return [...bySource.values()];
}

const MAX_REMEMBERED = 5000;

/** The same names come thousands of times in a stream; names that are data must not fill the memory. */
function remembering(ask: (name: string) => boolean): (name: string) => boolean {
  const answers = new Map<string, boolean>();
  return (name) => {
    const known = answers.get(name);
    if (known !== undefined) return known;
    const answer = ask(name);
    if (answers.size < MAX_REMEMBERED) answers.set(name, answer);
    return answer;
  };
}
