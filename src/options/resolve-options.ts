import { types } from "node:util";
import { checkOptions, checkProjectOptions } from "./check-options.ts";
import type { Environment } from "./environment.ts";
import { parseAge } from "./max-age.ts";
import { mergeDefaults } from "./merge-defaults.ts";
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

export const DEFAULT_TAPE_SIZES = { maxTapeBytes: 64 * 1024 * 1024, maxInlineBytes: 64 * 1024 };
const DEFAULT_MAX_BYTES = 16 * 1024 * 1024;

const UNPLAYED: Readonly<Record<Mode, Verdict>> = { strict: "error", warn: "warn", hybrid: "ignore" };

export interface OptionSources {
  readonly environment: Environment;
  readonly test?: CassetteOptions | undefined;
  readonly project?: ProjectOptions | undefined;
}

/**
 * Resolves every option. The environment wins, then the test, then the project, then the default.
 *
 * @throws CassetteOptionsError as `checkOptions` and `checkProjectOptions` do.
 */
export function resolveOptions({ environment, test = {}, project = {} }: OptionSources): ResolvedOptions {
  checkOptions(test);
  checkProjectOptions(project);
  const given = mergeDefaults(project, test);
  const mode = environment.mode ?? given.mode ?? "strict";
  return {
    mode,
    scope: given.scope ?? "test",
    include: given.include ?? [],
    ignore: given.ignore ?? [],
    match: resolveMatch(given),
    repeat: given.repeat ?? "never",
    order: given.order ?? "any",
    unplayed: given.unplayed ?? UNPLAYED[mode],
    pacing: given.pacing ?? "instant",
    chunks: given.chunks ?? "recorded",
    fault: resolveFault(given.fault ?? false),
    freeze: resolveFreeze(given.freeze ?? false),
    maxAge: parseAge(given.maxAge),
    stale: given.stale ?? "error",
    redact: resolveRedact(given),
    maxBytes: given.maxBytes ?? DEFAULT_MAX_BYTES,
    calls: { "*": "replay", ...given.calls },
    processes: (given.processes ?? []).map(resolveProcess),
    liveAfter: given.liveAfter,
    otel: given.otel === true ? {} : given.otel || undefined,
    dir: given.dir ?? "cassettes",
    outside: given.outside ?? "bypass",
    placeholderKeys: given.placeholderKeys ?? true,
    debug: given.debug ?? false,
    maxTapeBytes: given.maxTapeBytes ?? DEFAULT_TAPE_SIZES.maxTapeBytes,
    maxInlineBytes: given.maxInlineBytes ?? DEFAULT_TAPE_SIZES.maxInlineBytes,
  };
}

function resolveMatch({ match = {} }: CassetteOptions): ResolvedMatch {
  const { ignore = [], headers = [], normalize, by } = match;
  return { ignore, headers: headers.map((name) => name.toLowerCase()), normalize, by };
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

function resolveProcess(
  given: NonNullable<CassetteOptions["processes"]>[number],
): ResolvedOptions["processes"][number] {
  if (typeof given === "string" || types.isRegExp(given)) return { command: given, env: [] };
  return { command: given.command, env: given.env ?? [] };
}

function resolveRedact({ redact = {} }: CassetteOptions): ResolvedRedact {
  const { headers = [], fields = [], query = [], values = [], patterns = [], allow = [] } = redact;
  const { replace, restore = false } = redact;
  return { headers, fields, query, values, patterns, replace, restore, allow };
}
