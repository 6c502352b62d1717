import { checkOptions, checkProjectOptions } from "./check-options.ts";
import type { Environment } from "./environment.ts";
import { parseAge } from "./max-age.ts";
import type {
  CassetteOptions,
  Fault,
  Mode,
  ProjectOptions,
  ResolvedMatch,
  ResolvedOptions,
  ResolvedRedact,
  Verdict,
} from "./options.ts";

const DEFAULT_MAX_BYTES = 16 * 1024 * 1024;

const UNPLAYED: Readonly<Record<Mode, Verdict>> = { strict: "error", warn: "warn", hybrid: "ignore" };

export interface OptionSources {
  readonly environment: Environment;
  readonly test?: CassetteOptions | undefined;
  readonly project?: ProjectOptions | undefined;
}

/**
 * Brings together what the environment, the test and the project say, in this precedence, and the defaults.
 *
 * @throws CassetteOptionsError as `checkOptions` and `checkProjectOptions` do.
 */
export function resolveOptions({ environment, test = {}, project = {} }: OptionSources): ResolvedOptions {
  checkOptions(test);
  checkProjectOptions(project);
  const mode = environment.mode ?? test.mode ?? project.mode ?? "strict";
  const maxAge = test.maxAge ?? project.maxAge ?? false;
  return {
    mode,
    scope: test.scope ?? project.scope ?? "test",
    include: [...(project.include ?? []), ...(test.include ?? [])],
    ignore: [...(project.ignore ?? []), ...(test.ignore ?? [])],
    match: resolveMatch(test, project),
    repeat: test.repeat ?? project.repeat ?? "never",
    order: test.order ?? project.order ?? "any",
    unplayed: test.unplayed ?? project.unplayed ?? UNPLAYED[mode],
    pacing: test.pacing ?? project.pacing ?? "instant",
    chunks: test.chunks ?? project.chunks ?? "recorded",
    fault: resolveFault(test.fault ?? project.fault ?? false),
    freeze: resolveFreeze(test.freeze ?? project.freeze ?? false),
    maxAge: maxAge === false ? undefined : parseAge(maxAge),
    stale: test.stale ?? project.stale ?? "error",
    redact: resolveRedact(test, project),
    maxBytes: test.maxBytes ?? project.maxBytes ?? DEFAULT_MAX_BYTES,
    dir: project.dir ?? "cassettes",
    outside: project.outside ?? "bypass",
    placeholderKeys: project.placeholderKeys ?? true,
  };
}

function resolveMatch({ match: test }: CassetteOptions, { match: project }: CassetteOptions): ResolvedMatch {
  return {
    ignore: [...(project?.ignore ?? []), ...(test?.ignore ?? [])],
    headers: [...(project?.headers ?? []), ...(test?.headers ?? [])].map((name) => name.toLowerCase()),
    normalize: test?.normalize ?? project?.normalize,
    by: test?.by ?? project?.by,
  };
}

function resolveFault(given: Fault | false): ResolvedOptions["fault"] {
  if (given === false) return undefined;
  const after = typeof given.after === "number" ? { chunks: given.after } : given.after;
  return { after, kind: given.kind, ms: given.ms ?? Number.POSITIVE_INFINITY };
}

function resolveFreeze(given: NonNullable<CassetteOptions["freeze"]>): ResolvedOptions["freeze"] {
  if (typeof given === "boolean") return given ? { time: true, random: true, uuid: true } : undefined;
  const { time = false, random = false, uuid = false } = given;
  return time || random || uuid ? { time, random, uuid } : undefined;
}

function resolveRedact(
  { redact: test }: CassetteOptions,
  { redact: project }: CassetteOptions,
): ResolvedRedact {
  const both = [project ?? {}, test ?? {}];
  return {
    headers: both.flatMap((each) => each.headers ?? []),
    fields: both.flatMap((each) => each.fields ?? []),
    query: both.flatMap((each) => each.query ?? []),
    values: both.flatMap((each) => each.values ?? []),
    patterns: both.flatMap((each) => each.patterns ?? []),
    replace: test?.replace ?? project?.replace,
    restore: test?.restore ?? project?.restore ?? false,
    allow: both.flatMap((each) => each.allow ?? []),
  };
}
