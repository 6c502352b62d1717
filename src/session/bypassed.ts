import { count } from "../cassette/count.ts";
import type { BypassReason } from "./request-filter.ts";

/** Traffic that a cassette let through, by a rule. */
export interface Bypassed {
  /** Without query and secrets: `http://127.0.0.1:4710/api/chat`, `tcp://127.0.0.1:5432`. */
  readonly url: string;
  /** How many requests or connections. */
  readonly count: number;
  readonly reason: BypassReason;
}

/** Says that traffic was not recorded, why, and what records it. */
export function describeBypassed({ url, count: times, reason }: Bypassed): string {
  const isHttp = url.startsWith("http");
  const what = `${count(times, isHttp ? "request" : "connection")} to ${url} ${times === 1 ? "was" : "were"} not recorded`;
  const { why, howToRecord } = BYPASSED[reason];
  return `${what}: ${why}${isHttp ? `. ${howToRecord}` : ""}`;
}

/** Why traffic was let through, and what records it. */
export const BYPASSED: Readonly<
  Record<BypassReason, { readonly why: string; readonly howToRecord: string }>
> = {
  loopback: { why: "unrecognized loopback traffic", howToRecord: "Name it in `include`." },
  ignored: { why: "`ignore` names it", howToRecord: "Remove it from `ignore`." },
  telemetry: { why: "an exporter of OpenTelemetry sent it", howToRecord: "Name it in `include`." },
};
