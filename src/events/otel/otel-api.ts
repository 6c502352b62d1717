import { createRequire } from "node:module";
import { join } from "node:path";
import { CassetteError } from "../../cassette/errors.ts";
import { process } from "../../cassette/node-process.ts";

export type OtelApi = typeof import("@opentelemetry/api");

const PACKAGE = "@opentelemetry/api";

/** By the root of the project. */
const known = new Map<string, readonly OtelApi[]>();

/**
 * Returns the project's own `@opentelemetry/api`: tracers that are registered through another version may be ignored.
 *
 * @param root absolute path of the project
 * @throws CassetteError `CASSETTE_OTEL` if it is not installed
 */
export function requireOtelApi(root: string): OtelApi {
  const apis = known.get(root) ?? load(locate(root));
  known.set(root, apis);
  return apis.find(hasProvider) ?? (apis[0] as OtelApi);
}

/**
 * In a `vm` context, modules get another `require`: what a setup file starts is known there, and what Vitest starts in the
 * main realm.
 */
function load(path: string): readonly OtelApi[] {
  const main = process.getBuiltinModule("node:module");
  return [createRequire, main.createRequire].map((create) => create(import.meta.url)(path) as OtelApi);
}

function hasProvider({ trace, ProxyTracerProvider }: OtelApi): boolean {
  const provider = trace.getTracerProvider();
  if (!(provider instanceof ProxyTracerProvider)) return true;
  return provider.getDelegateTracer("vitest-cassette") !== undefined;
}

function locate(root: string): string {
  for (const from of [join(root, "package.json"), import.meta.url]) {
    try {
      return createRequire(from).resolve(PACKAGE);
    } catch {
      // The next place may have it.
    }
  }
  throw new CassetteError(
    "CASSETTE_OTEL",
    `Failed to load ${PACKAGE}: it is not installed. The option \`otel\` needs it, and an OpenTelemetry SDK that exports: npm install --save-dev ${PACKAGE} @opentelemetry/sdk-node`,
  );
}

/** Says why spans get lost, if a provider is registered that this version of the API ignores. */
export function ignoredProvider({ trace }: OtelApi): string | undefined {
  const registered = (globalThis as { [key: symbol]: unknown })[Symbol.for("opentelemetry.js.api.1")] as
    | { readonly version?: string; readonly trace?: unknown }
    | undefined;
  if (registered?.trace === undefined || registered.trace === trace.getTracerProvider()) return undefined;
  return `Spans are lost: a tracer provider is registered through ${PACKAGE} ${registered.version}, and the version that this project resolves ignores it. Install one version (npm ls ${PACKAGE}), or pass otel: { tracer }.`;
}
