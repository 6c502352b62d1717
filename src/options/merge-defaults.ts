import type { MatchOptions } from "../matching/match-options.ts";
import type { ProjectOptions, RedactOptions } from "./options.ts";

/** Merges options: single values of `over` win over those of `base`, lists are joined with `base` first. */
export function mergeDefaults(base: ProjectOptions, over: ProjectOptions): ProjectOptions {
  return {
    ...base,
    ...given(over),
    include: join(base.include, over.include),
    ignore: join(base.ignore, over.ignore),
    processes: join(base.processes, over.processes),
    match: mergeMatch(base.match, over.match),
    redact: mergeRedact(base.redact, over.redact),
    ...(base.calls === undefined && over.calls === undefined
      ? {}
      : { calls: { ...base.calls, ...over.calls } }),
  };
}

function mergeMatch(base: MatchOptions = {}, over: MatchOptions = {}): MatchOptions {
  return {
    ...base,
    ...given(over),
    ignore: join(base.ignore, over.ignore),
    headers: join(base.headers, over.headers),
  };
}

function mergeRedact(base: RedactOptions = {}, over: RedactOptions = {}): RedactOptions {
  return {
    ...base,
    ...given(over),
    headers: join(base.headers, over.headers),
    fields: join(base.fields, over.fields),
    query: join(base.query, over.query),
    values: join(base.values, over.values),
    patterns: join(base.patterns, over.patterns),
    allow: join(base.allow, over.allow),
  };
}

function join<T>(base: readonly T[] = [], over: readonly T[] = []): readonly T[] {
  return [...base, ...over];
}

/** Drops options that are set to `undefined`, so that they don't hide the other's. */
function given<T extends object>(options: T): Partial<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<T>;
}
