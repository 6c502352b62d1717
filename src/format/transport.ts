/** Header lines that servers and proxies add for themselves: the same for every answer, or new on every run. */
const NAMES: ReadonlySet<string> = new Set([
  "alt-svc",
  "connection",
  "date",
  "expect-ct",
  "keep-alive",
  "nel",
  "report-to",
  "reporting-endpoints",
  "server",
  "server-timing",
  "strict-transport-security",
  "transfer-encoding",
  "via",
  "x-cloud-trace-context",
]);
const PREFIXES = /^(?:cf-|access-control-|x-envoy-)/;
/** `x-request-id`, `request-id`, `apim-request-id`, `x-amzn-requestid`, `x-amzn-trace-id`, `x-correlation-id`. */
const REQUEST_ID = /(?:^|-)(?:request|trace|correlation)-?id$/;

/** Whether a response header means nothing to a client, so that a tape lists it apart from the others. */
export function isTransport(name: string): boolean {
  const lower = name.toLowerCase();
  return NAMES.has(lower) || PREFIXES.test(lower) || REQUEST_ID.test(lower);
}
