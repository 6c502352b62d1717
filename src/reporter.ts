export { CassetteReporter as default, type CassetteReporterOptions } from "./vitest/run/cassette-reporter.ts";
export type {
  CassetteCounts,
  CassetteReport,
  CassetteRunReport,
  CassetteTest,
  CassetteTotals,
} from "./vitest/run/run-report.ts";
