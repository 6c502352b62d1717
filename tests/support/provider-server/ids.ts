import { createHash } from "node:crypto";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** `length` letters and digits that depend on `seed` alone. */
export function stableId(seed: string, length = 24): string {
  let id = "";
  for (let round = 0; id.length < length; round += 1) {
    for (const byte of createHash("sha256").update(`${round}:${seed}`).digest()) {
      id += ALPHABET[byte % ALPHABET.length];
    }
  }
  return id.slice(0, length);
}

/** A UUID that depends on `seed` alone. */
export function stableUuid(seed: string): string {
  const hex = createHash("sha256").update(seed).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** A number from 0 to `limit - 1` that depends on `seed` alone. */
export function stableNumber(seed: string, limit: number): number {
  return createHash("sha256").update(seed).digest().readUInt32BE(0) % limit;
}

/** 2026-01-02T03:04:05Z, the moment at which everything here happened. */
export const CREATED = 1_767_323_045;
