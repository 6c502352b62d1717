import { hash } from "node:crypto";
import { type CanonicalRequest, canonicalText } from "./normalize.ts";

/** A short text that is the same for equal requests, and but for a chance of 2^-96 for no others. Never stored. */
export function fingerprint(request: CanonicalRequest): string {
  return hash("sha256", canonicalText(request), "base64url").slice(0, 16);
}
