import type { CallPolicies, CallPolicy } from "../options/options.ts";

/** Returns what a function of this name does when it is called. */
export function policyOf(policies: CallPolicies, name: string): CallPolicy {
  if (Object.hasOwn(policies, name)) return policies[name] as CallPolicy;
  return policies["*"] ?? "replay";
}
