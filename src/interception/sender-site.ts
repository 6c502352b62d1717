/** Where a request was sent from. The stack is a getter: most are never read, and formatting one is slow. */
export interface CallSite {
  readonly stack?: string;
}

/** Returns the stack of the caller of `below`. SDKs put a dozen frames between the user's line and the request. */
export function callSite(below: (...args: never[]) => unknown): CallSite {
  const site: CallSite = {};
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 50;
  Error.captureStackTrace(site, below);
  Error.stackTraceLimit = limit;
  return site;
}
