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
 * Whether a request belongs on a tape: all that leaves the machine; of loopback traffic only what a
 * provider profile recognizes, so that an app's own server under test is left alone; what `include` names;
 * and never what `ignore` names.
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
    // A promise would be taken for a yes, and have requests go live that are not meant to.
    if (isThenable(answer)) {
      answer.then(undefined, () => undefined);
      throw new CassetteOptionsError("`include` and `ignore`", [
        "A function there returned a promise, but has to answer at once, with true or false.",
      ]);
    }
    return Boolean(answer);
  }
  // A global or sticky expression remembers where it last matched.
  selector.lastIndex = 0;
  return selector.test(head.url);
}
