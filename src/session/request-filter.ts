import { URL } from "node:url";
import { isThenable } from "../cassette/is-thenable.ts";
import type { RequestHead } from "../interception/exchange.ts";
import type { RequestSelector } from "../options/options.ts";
import { CassetteOptionsError } from "../options/options-error.ts";
import { isLoopback, recognize } from "../providers/registry.ts";

export interface RequestRules {
  readonly include: readonly RequestSelector[];
  readonly ignore: readonly RequestSelector[];
}

/**
 * Whether a request belongs on a tape: every request that leaves the machine, and requests to loopback that a provider
 * profile recognizes, so that an app's own server is left alone. `include` adds requests, `ignore` removes them.
 */
export function belongsOnTape(head: RequestHead, { include, ignore }: RequestRules): boolean {
  if (ignore.some((selector) => selects(selector, head))) return false;
  if (include.some((selector) => selects(selector, head))) return true;
  return leavesMachine(head.url) || recognize(head.url, { method: head.method }) !== undefined;
}

export function leavesMachine(url: string): boolean {
  const { hostname, protocol } = new URL(url);
  return /^https?:$/.test(protocol) && !isLoopback(hostname);
}

function selects(selector: RequestSelector, head: RequestHead): boolean {
  if (typeof selector === "string") return head.url.startsWith(selector);
  if (typeof selector === "function") {
    const answer: unknown = selector(head.request());
    // A promise is truthy, and would send requests that must not go live.
    if (isThenable(answer)) {
      answer.then(undefined, () => undefined);
      throw new CassetteOptionsError("`include` and `ignore`", [
        "A function there returned a promise, but has to answer at once, with true or false.",
      ]);
    }
    return Boolean(answer);
  }
  // A global or sticky regular expression remembers its last position.
  selector.lastIndex = 0;
  return selector.test(head.url);
}
