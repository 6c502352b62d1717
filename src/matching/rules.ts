import type { RecordedRequest } from "../cassette/model.ts";
import type { ProviderProfile, Recognized } from "../providers/profile.ts";
import { type RequestHint, recognize as recognizeProvider } from "../providers/registry.ts";
import type { MatchOptions } from "./match-options.ts";
import { type PathStep, parsePath, parseSteps } from "./path.ts";
import { type PathState, pathSet } from "./path-set.ts";

/** Takes the secrets out of a request. */
export type Prepare = (request: RecordedRequest) => RecordedRequest;

/** The parts that a provider varies and that the user ignores, compiled. */
export interface Varying {
  readonly body: PathState;
  readonly ids: PathState;
  readonly query: PathState;
  readonly headers: PathState;
  /** Whether the provider varies this query parameter. */
  readonly variesQuery: (name: string) => boolean;
  /** Whether the provider varies this header, given in lower case. */
  readonly variesHeader: (name: string) => boolean;
  readonly normalizePath: (path: string) => string;
}

/** The rules by which requests are compared, compiled once and applied to live and recorded requests alike. */
export interface MatchRules {
  /** Equal for rules that compare alike, so that they can share what was computed. */
  readonly key: string;
  readonly normalize: MatchOptions["normalize"];
  readonly by: MatchOptions["by"];
  /** Applied to every request before anything else. */
  readonly prepare: Prepare | undefined;
  /** Whether `prepare` may change more than secrets, so that it has to see every recording. */
  readonly rewrites: boolean;
  /** Whether the user compares this header, given in lower case: by its `named` name, or only through a `*`. */
  compares(header: string): "named" | "wildcard" | undefined;
  recognize(url: string, hint: RequestHint): Recognized | undefined;
  varying(profile: ProviderProfile | undefined): Varying;
}

export interface RuleParts {
  readonly match?: MatchOptions | undefined;
  /** Redacts live requests, and recorded ones again in case the rules of redaction have changed. */
  readonly prepare?: Prepare | undefined;
  /** Whether `prepare` may change more than secrets. @defaultValue `true` */
  readonly rewrites?: boolean | undefined;
  /** @defaultValue the registry of providers */
  readonly recognize?: ((url: string, hint: RequestHint) => Recognized | undefined) | undefined;
}

/** Compiles the user's rules. Those of a request's provider are added when it is compared. */
export function compileRules({
  match = {},
  prepare,
  rewrites = true,
  recognize = recognizeProvider,
}: RuleParts = {}): MatchRules {
  const { ignore = [], headers = [], normalize, by } = match;
  const paths = ignore.map(parsePath);
  const stepsInto = (part: string) => paths.filter((path) => path.part === part).map(({ steps }) => steps);
  const ofUser = { body: stepsInto("body"), query: stepsInto("query"), headers: stepsInto("headers") };
  const named = new Set(headers.filter((name) => !name.endsWith("*")).map((name) => name.toLowerCase()));
  const wildcard = nameTest(headers.filter((name) => name.endsWith("*")).map((name) => name.toLowerCase()));
  const compiled = new Map<ProviderProfile | undefined, Varying>();

  return {
    key: JSON.stringify([ignore, headers, ...[normalize, by, prepare, recognize].map(identity)]),
    normalize,
    by,
    prepare,
    rewrites: prepare !== undefined && rewrites,
    recognize,
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
    normalizePath: varies.normalizePath ?? ((path) => path),
  };
}

/** Returns a test for any of these names. A trailing `*` matches any ending. */
function nameTest(names: readonly string[]): (name: string) => boolean {
  const whole = new Set(names.filter((name) => !name.endsWith("*")));
  const beginnings = names.filter((name) => name.endsWith("*")).map((name) => name.slice(0, -1));
  return (name) => whole.has(name) || beginnings.some((beginning) => name.startsWith(beginning));
}

const identities = new WeakMap<object, number>();
let lastIdentity = 0;

/** Numbers functions: the same one always has the same number. */
function identity(value: object | undefined): number {
  if (value === undefined) return 0;
  const known = identities.get(value) ?? ++lastIdentity;
  identities.set(value, known);
  return known;
}
