import type { ProjectOptions } from "../options/options.ts";
import { CassetteOptionsError } from "../options/options-error.ts";

interface PackedPattern {
  readonly $pattern: string;
  readonly flags: string;
}

/**
 * Serializes options for the workers: regular expressions become data. Functions cannot be sent.
 *
 * @throws CassetteOptionsError for a function. It says where to set it instead.
 */
export function packOptions(options: ProjectOptions): ProjectOptions {
  const functions = otelObjects(options).map((path) => `\`${path}\` has functions`);
  // Objects of OpenTelemetry refer to each other.
  const otel = functions.length > 0 ? undefined : options.otel;
  const packed = map({ ...options, otel }, "", (value, path) => {
    if (typeof value === "function") functions.push(`\`${path}\` is a function`);
    return value instanceof RegExp ? { $pattern: value.source, flags: value.flags } : value;
  });
  if (functions.length > 0) {
    throw new CassetteOptionsError(
      "the cassette() plugin",
      functions.map(
        (what) =>
          `${what}, and functions cannot be sent to the workers that run tests. Call cassetteDefaults({ ... }) with it in a setup file instead.`,
      ),
    );
  }
  return packed as ProjectOptions;
}

/** Returns which objects of OpenTelemetry the options hold. */
function otelObjects({ otel }: ProjectOptions): string[] {
  if (typeof otel !== "object") return [];
  return (["tracer", "meter"] as const)
    .filter((name) => otel[name] !== undefined)
    .map((name) => `otel.${name}`);
}

export function unpackOptions(options: ProjectOptions): ProjectOptions {
  return map(options, "", (value) =>
    isPacked(value) ? new RegExp(value.$pattern, value.flags) : value,
  ) as ProjectOptions;
}

function isPacked(value: unknown): value is PackedPattern {
  return typeof value === "object" && value !== null && "$pattern" in value;
}

function map(value: unknown, path: string, change: (value: unknown, path: string) => unknown): unknown {
  const changed = change(value, path);
  if (changed !== value) return changed;
  if (Array.isArray(value)) return value.map((each, index) => map(each, `${path}[${index}]`, change));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      key,
      map(each, path === "" ? key : `${path}.${key}`, change),
    ]),
  );
}
