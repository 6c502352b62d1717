import { hash } from "node:crypto";

/** Returns the first 12 hexadecimal digits of the SHA-1 of `bytes`: enough to tell the pieces of a stream apart. */
export function shortHash(bytes: Uint8Array): string {
  return hash("sha1", bytes, "hex").slice(0, 12);
}
