import { process } from "../cassette/node-process.ts";
import { compileRules, type MatchRules } from "../matching/rules.ts";
import type { ResolvedOptions } from "../options/options.ts";
import { profiles } from "../providers/registry.ts";
import { envFiles } from "../redaction/env-files.ts";
import { laterRedactor } from "../redaction/later-redactor.ts";
import { isWrittenPlainly } from "../redaction/plain-name.ts";
import type { Redactor } from "../redaction/redactor.ts";

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
  const folder = process.cwd();
  const opened = openedEnvironment(env, folder);
  const context = { env, before: opened.variables, profiles, keepHeaders: match.headers, folder };
  const redactor = laterRedactor(redact, context, opened.text);
  const ofEnvironment = compiled.get(opened) ?? new Map<string, MatchRules>();
  compiled.set(opened, ofEnvironment);
  const key = JSON.stringify([match, redact], (_, value: unknown) => {
    if (value instanceof RegExp) return String(value);
    return typeof value === "function" ? identityOf(value) : value;
  });
  let rules = ofEnvironment.get(key);
  if (rules === undefined) {
    const matching = laterRedactor(redact, context, opened.text);
    rules = compileRules({
      match,
      prepare: (request) => matching.redactForMatching(request),
      rewrites: redact.replace !== undefined,
    });
    ofEnvironment.set(key, rules);
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

/** The environment when a cassette opened. The test may change it later. */
export interface OpenedEnvironment {
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** All values in one text, with those of `.env` files; `undefined` if one of them is encoded. */
  readonly text: string | undefined;
}

let last: OpenedEnvironment | undefined;

/** Keeps the environment as it is now. Returns the same object as before if it has not changed. */
export function openedEnvironment(env: NodeJS.ProcessEnv, folder: string): OpenedEnvironment {
  const variables = { ...env };
  if (last !== undefined && areEqual(last.variables, variables)) return last;
  const values = [variables, ...envFiles(folder)]
    .flatMap((each) => Object.values(each))
    .filter((value) => value !== undefined);
  last = { variables, text: values.every(isWrittenPlainly) ? values.join("\n") : undefined };
  return last;
}

function areEqual(a: OpenedEnvironment["variables"], b: OpenedEnvironment["variables"]): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
