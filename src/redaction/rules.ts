import { Buffer } from "node:buffer";
import type { ProviderProfile } from "../providers/profile.ts";
import { AllowList } from "./allow-list.ts";
import { envFiles } from "./env-files.ts";
import { type EnvironmentSecret, environmentSecrets } from "./environment-secrets.ts";
import { Finder, type Needle } from "./finder.ts";
import { endsInOneOf, isSecretField, isSecretParameter, segments } from "./names.ts";
import type { RedactContext, RedactOptions } from "./options.ts";
import { SHAPES, type Shape } from "./shapes.ts";

/** Everything that says what is secret. */
export interface Rules {
  readonly finder: Finder;
  readonly secrets: readonly EnvironmentSecret[];
  readonly allowed: AllowList;
  /** Whether a body field of this name holds a secret. */
  isSecretField(name: string): boolean;
  /** Whether a query parameter of this name holds a secret. */
  isSecretParameter(name: string): boolean;
  /** The name of a secret in its placeholder: by its shape, by the variable that holds it, or `otherwise`. */
  typeOf(secret: string, otherwise: string): string;
}

const MAX_KEPT = 50;
const kept = new WeakMap<readonly ProviderProfile[], Map<string, Rules>>();

/**
 * The rules of the providers, the environment and the user together. The environment is read on each call; equal
 * options and secrets give the same object, which the cassettes of a worker share.
 *
 * @param before secrets that are added to those of the environment
 */
export function rulesOf(
  options: RedactOptions,
  context: RedactContext,
  before: readonly EnvironmentSecret[] = [],
): Rules {
  const { profiles } = context;
  const secrets = withSecrets(before, readSecrets(context));
  const { values, fields, query, allow, patterns = [] } = options;
  const key = JSON.stringify([values, fields, query, allow, patterns.map(String), secrets]);
  const known = kept.get(profiles) ?? new Map<string, Rules>();
  kept.set(profiles, known);
  let rules = known.get(key);
  if (rules === undefined) {
    // Only the oldest goes: whoever has just got rules gets the same object again.
    const [oldest] = known.keys();
    if (oldest !== undefined && known.size >= MAX_KEPT) known.delete(oldest);
    rules = compile(options, profiles, secrets);
    known.set(key, rules);
  }
  return rules;
}

function readSecrets({ env, before = {}, profiles, folder }: RedactContext): readonly EnvironmentSecret[] {
  const environments = [env, before, ...(folder === undefined ? [] : envFiles(folder))];
  return environmentSecrets(environments, profiles, (text) =>
    finderOfShapes(profiles).find(text).some(isShape),
  );
}

const isShape = ({ by }: { readonly by: string }): boolean => by === "shape";

function withSecrets(
  before: readonly EnvironmentSecret[],
  now: readonly EnvironmentSecret[],
): readonly EnvironmentSecret[] {
  const values = new Set(now.map(({ value }) => value));
  const gone = before.filter(({ value }) => !values.has(value));
  return gone.length === 0 ? now : [...now, ...gone].sort((a, b) => b.value.length - a.value.length);
}

/** Finds what has a known shape, whatever the environment and the user say. */
const finderOfShapes = perProfiles(
  (profiles) =>
    new Finder({ needles: [], shapes: shapesOf(profiles), custom: [], isSecretParameter: () => false }),
);

/** Several profiles may share their secrets; each shape is looked for once. */
const shapesOf = perProfiles((profiles): readonly Shape[] => {
  const ofProfiles = profiles.flatMap(({ secrets }) => secrets.patterns ?? []);
  const bySource = new Map<string, Shape>(
    ofProfiles.map((shape) => [`${shape.type} ${shape.pattern}`, shape]),
  );
  return [...bySource.values(), ...SHAPES];
});

/** Makes something once for each list of profiles. */
function perProfiles<T>(
  make: (profiles: readonly ProviderProfile[]) => T,
): (profiles: readonly ProviderProfile[]) => T {
  const made = new WeakMap<readonly ProviderProfile[], T>();
  return (profiles) => {
    const known = made.get(profiles) ?? make(profiles);
    made.set(profiles, known);
    return known;
  };
}

function compile(
  options: RedactOptions,
  profiles: readonly ProviderProfile[],
  secrets: readonly EnvironmentSecret[],
): Rules {
  const ofProfiles = profiles.map((profile) => profile.secrets);
  const fields = [...(options.fields ?? []), ...ofProfiles.flatMap(({ fields = [] }) => fields)].map(
    segments,
  );
  const query = (options.query ?? []).map(segments);
  const ofProviders = new Set(
    ofProfiles.flatMap(({ query = [] }) => query).map((name) => segments(name).join(" ")),
  );

  // A name that was a secret is now its placeholder, which says nothing of the value.
  const secretField = remembering(
    (name) => !name.includes("<redacted") && (isSecretField(name) || endsInOneOf(name, fields)),
  );
  const secretParameter = remembering(
    (name) =>
      isSecretParameter(name) ||
      ofProviders.has(segments(name).join(" ")) ||
      endsInOneOf(name, query) ||
      secretField(name),
  );

  const finder = new Finder({
    needles: [
      ...secrets.flatMap(({ value, label }) => formsOf(value, label, "value")),
      ...(options.values ?? []).flatMap((value) => formsOf(value, "custom", "custom")),
    ],
    shapes: shapesOf(profiles),
    custom: (options.patterns ?? []).map((pattern) => ({ type: "custom", pattern })),
    isSecretParameter: secretParameter,
  });
  const labels = new Map(secrets.map(({ value, label }) => [value, label]));
  return {
    finder,
    secrets,
    allowed: new AllowList(options.allow ?? []),
    isSecretField: secretField,
    isSecretParameter: secretParameter,
    typeOf: (secret, otherwise) => finder.typeOf(secret) ?? labels.get(secret) ?? otherwise,
  };
}

/** A value as text, as bytes that were read as Latin-1, in a string of JSON, in a URL, and within base64. */
function formsOf(value: string, type: string, by: "value" | "custom"): readonly Needle[] {
  // A key of several lines stands in an environment with its line ends written out.
  const lines = value.replaceAll("\\n", "\n");
  const bytes = Buffer.from(value).toString("latin1");
  const inJson = JSON.stringify(value).slice(1, -1);
  const forms = new Set([value, lines, bytes, inJson, encodeURIComponent(value.toWellFormed())]);
  return [
    ...[...forms].map((text) => ({ text, type, by, value })),
    ...base64Forms(Buffer.from(value)).map((text) => ({ text, type, by: "encoded" as const, value })),
  ];
}

const MIN_BASE64 = 10;

/** What base64 of any bytes around `bytes` holds for certain: one text for each of the three places they can begin at. */
function base64Forms(bytes: Buffer): readonly string[] {
  const forms = [0, 1, 2].map((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
    return encoded.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
  });
  const forUrls = forms.map((text) => text.replaceAll("+", "-").replaceAll("/", "_"));
  return [...new Set([...forms, ...forUrls])].filter(({ length }) => length >= MIN_BASE64);
}

const MAX_REMEMBERED = 5000;

/** The same names come thousands of times in a stream. Names that are data must not fill the memory. */
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
