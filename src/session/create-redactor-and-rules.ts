import { process } from "../cassette/node-process.ts";
import { compileRules, type MatchRules } from "../matching/rules.ts";
import type { ResolvedOptions } from "../options/options.ts";
import { profiles } from "../providers/registry.ts";
import { createRedactor, type Redactor } from "../redaction/redactor.ts";

export interface RedactorAndRules {
  /** For one session: it numbers the secrets that it finds. */
  readonly redactor: Redactor;
  /** Shared by all sessions with equal options, so that they also share the index of a tape. */
  readonly rules: MatchRules;
}

const compiled = new WeakMap<object, Map<string, MatchRules>>();
const identities = new WeakMap<object, number>();
let nextIdentity = 1;

/** Creates the redactor and the match rules for these options. */
export function createRedactorAndRules(
  { match, redact }: ResolvedOptions,
  env: NodeJS.ProcessEnv,
): RedactorAndRules {
  const context = { env, profiles, keepHeaders: match.headers, folder: process.cwd() };
  const redactor = createRedactor(redact, context);
  const ofBasis = compiled.get(redactor.basis) ?? new Map<string, MatchRules>();
  compiled.set(redactor.basis, ofBasis);
  const key = JSON.stringify([match, redact], (_, value: unknown) => {
    if (value instanceof RegExp) return String(value);
    return typeof value === "function" ? identityOf(value) : value;
  });
  let rules = ofBasis.get(key);
  if (rules === undefined) {
    const matching = createRedactor(redact, context);
    rules = compileRules({
      match,
      prepare: (request) => matching.redactForMatching(request),
      rewrites: redact.replace !== undefined,
    });
    ofBasis.set(key, rules);
  }
  return { redactor, rules };
}

function identityOf(value: object): number {
  let identity = identities.get(value);
  if (identity === undefined) {
    identity = nextIdentity++;
    identities.set(value, identity);
  }
  return identity;
}
