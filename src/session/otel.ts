import { process } from "../cassette/node-process.ts";
import { capturesContent } from "../events/otel/captures-content.ts";
import { requireOtelApi } from "../events/otel/otel-api.ts";
import { OtelOutput } from "../events/otel/otel-output.ts";
import type { ResolvedOptions } from "../options/options.ts";
import { VERSION } from "./version.ts";
import { workerState } from "./worker-state.ts";

/**
 * Returns what sends the events of a session to OpenTelemetry; `undefined` if the option is off.
 *
 * @throws CassetteError `CASSETTE_OTEL` if `@opentelemetry/api` is not installed
 */
export function otelOutput({ otel }: Pick<ResolvedOptions, "otel">): OtelOutput | undefined {
  if (otel === undefined) return undefined;
  const { tracer, meter, content = capturesContent(process.env) } = otel;
  const api = requireOtelApi(workerState().settings.root);
  return new OtelOutput(api, { tracer, meter, content, version: VERSION });
}
