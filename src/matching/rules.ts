import type { RecordedRequest } from "../cassette/model.ts";
import type { ProviderProfile, Recognised } from "../providers/profile.ts";
import { type RequestHint, recognise as recogniseProvider } from "../providers/registry.ts";
import type { MatchOptions } from "./match-options.ts";
import { type PathStep, parsePath, parseSteps } from "./path.ts";
import { type PathState, pathSet } from "./path-set.ts";

/** What one provider is known to vary together with what the user leaves out, ready to be applied. */
export interface Varying {
  readonly body: PathState;
  readonly ids: PathState;
  readonly query: PathState;
  readonly headers: PathState;
  /** Whether the provider varies this query parameter. */
  readonly variesQuery: (name: string) => boolean;
  /** Whether the provider varies this header; lower case. */
  readonly variesHeader: (name: string) => boolean;
  readonly canonicalPath: (path: string) => string;
}

/** The rules by which requests are compared, compiled once and applied to live and recorded ones alike. */
export interface MatchRules {
  /** Equal for rules that compare alike, so that what was computed under one serves the other. */
  readonly key: string;
  readonly normalize: MatchOptions["normalize"];
  readonly by: MatchOptions["by"];
  /** Applied to every request before anything else. */
  readonly prepare: ((request: RecordedRequest) => RecordedRequest) | undefined;
  /** Whether the user wants this header compared: `named` itself, or only under a `*`; lower case. */
  compares(header: string): "named" | "wildcard" | undefined;
  recognise(url: string, hint: RequestHint): Recognised | undefined;
  varying(profile: ProviderProfile | undefined): Varying;
}

export interface RuleParts {
  readonly match?: MatchOptions | undefined;
  /** Brings requests of older tapes and live ones to the same state, by today's rules of redaction. */
  readonly prepare?: ((request: RecordedRequest) => RecordedRequest) | undefined;
  /** @defaultValue that of the registry of providers */
  readonly recognise?: ((url: string, hint: RequestHint) => Recognised | undefined) | undefined;
}

/** Compiles the user's rules, to be joined with those of whatever provider a request is for. */
export function compileRules({
  match = {},
  prepare,
  recognise = recogniseProvider,
}: RuleParts = {}): MatchRules {
  const { ignore = [], headers = [], normalize, by } = match;
  const paths = ignore.map(parsePath);
  const stepsInto = (part: string) => paths.filter((path) => path.part === part).map(({ steps }) => steps);
  const ofUser = { body: stepsInto("body"), query: stepsInto("query"), headers: stepsInto("headers") };
  const named = new Set(headers.filter((name) => !name.endsWith("*")).map((name) => name.toLowerCase()));
  const wildcard = nameTest(headers.filter((name) => name.endsWith("*")).map((name) => name.toLowerCase()));
  const compiled = new Map<ProviderProfile | undefined, Varying>();

  return {
    key: JSON.stringify([ignore, headers, ...[normalize, by, prepare, recognise].map(identity)]),
    normalize,
    by,
    prepare,
    recognise,
    compares(header) {
      if (named.has(header)) return "named";
      return wildcard(header) ? "wildcard" : undefined;
    },
    varying(profile) {
      let varying = compiled.get(profile);
      if (varying === undefined) {
        varying = join(profile, ofUser);
        compiled.set(profile, varying);
      }
      return varying;
    },
  };
}

function join(
  profile: ProviderProfile | undefined,
  ofUser: Readonly<Record<"body" | "query" | "headers", readonly (readonly PathStep[])[]>>,
): Varying {
  const varies = profile?.varies ?? {};
  return {
    body: pathSet([...(varies.body ?? []).map(parseSteps), ...ofUser.body]),
    ids: pathSet((varies.ids ?? []).map(parseSteps)),
    query: pathSet(ofUser.query),
    headers: pathSet(ofUser.headers),
    variesQuery: nameTest(varies.query ?? []),
    variesHeader: nameTest(varies.headers ?? []),
    canonicalPath: varies.canonicalPath ?? ((path) => path),
  };
}

/** Tests for one of these names; a trailing `*` stands for any ending. */
function nameTest(names: readonly string[]): (name: string) => boolean {
  const whole = new Set(names.filter((name) => !name.endsWith("*")));
  const beginnings = names.filter((name) => name.endsWith("*")).map((name) => name.slice(0, -1));
  return (name) => whole.has(name) || beginnings.some((beginning) => name.startsWith(beginning));
}

const identities = new WeakMap<object, number>();
let lastIdentity = 0;

/** A number for each function, the same each time. */
function identity(value: object | undefined): number {
  if (value === undefined) return 0;
  const known = identities.get(value) ?? ++lastIdentity;
  identities.set(value, known);
  return known;
}
