import { STATUS_CODES } from "node:http";
import { count } from "../../cassette/count.ts";
import { size } from "../../cli/size.ts";
import type { CassetteReport, CassetteRunReport } from "./run-report.ts";

/** More unused cassettes than these are only counted. */
const MAX_UNUSED = 12;

/**
 * Returns the summary of a run, as Vitest prints that of snapshots: the first line is a count of everything, further lines
 * name what is new or needs attention. Empty if no cassette was opened and none is unused.
 */
export function summarize({ totals, cassettes, unused = [] }: CassetteRunReport): readonly string[] {
  const counts = [
    ["played", totals.played],
    ["recorded", totals.recorded],
    ["failed", totals.failed],
    ["stale", totals.stale],
    ["unused", unused.length],
  ] as const;
  const shown = counts.filter(([, amount]) => amount > 0).map(([what, amount]) => `${amount} ${what}`);
  if (shown.length === 0) return [];
  const spared = sparedText(totals);
  return [
    [shown.join(", "), ...(spared === undefined ? [] : [spared])].join(" · "),
    ...cassettes.flatMap(savedLine),
    ...cassettes.filter(({ stale }) => stale).map(({ file }) => `↳ ${file} (older than maxAge)`),
    ...unused.slice(0, MAX_UNUSED).map((file) => `↳ ${file} (no test opened it)`),
    ...(unused.length > MAX_UNUSED ? [`↳ and ${unused.length - MAX_UNUSED} more`] : []),
    ...(unused.length > 0 ? ["To delete unused cassettes: npx vitest-cassette prune"] : []),
  ];
}

/** Whether a summary tells more than that everything was played. */
export function isNotable({ totals, unused = [] }: CassetteRunReport): boolean {
  return totals.recorded + totals.failed + totals.stale + unused.length > 0;
}

function sparedText({ requests, streams, time, tokens }: CassetteRunReport["totals"]): string | undefined {
  if (requests === 0) return undefined;
  const sent = count(requests, "request");
  const flowed = streams === 0 ? "" : ` (${count(streams, "stream")})`;
  const spared = [
    time === 0 ? [] : `${(time / 1000).toFixed(1)} s`,
    tokens.input + tokens.output === 0
      ? []
      : `${(tokens.input + tokens.output).toLocaleString("en-US")} tokens`,
  ].flat();
  return `${sent}${flowed}${spared.length === 0 ? "" : ` · ${spared.join(" and ")} not spent`}`;
}

function savedLine({ file, saved, bytes, errorStatuses = [] }: CassetteReport): readonly string[] {
  if (saved === undefined) return [];
  const length = bytes === undefined ? "" : `, ${size(bytes)}`;
  const line =
    saved === "failed"
      ? `↳ ${file.replace(/\.yaml$/, ".failed.yaml")} (a test failed, so the old cassette stays${length})`
      : `↳ ${file} (${saved}${length})`;
  const byStatus = [...Map.groupBy(errorStatuses, (status) => status)];
  return [
    line,
    ...byStatus.map(
      ([status, { length: times }]) =>
        `  has ${count(times, "response")} with status ${[status, STATUS_CODES[status]].filter(Boolean).join(" ")}`,
    ),
  ];
}
