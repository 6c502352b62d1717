import { UsageError } from "./usage-error.ts";

const UNITS: Readonly<Record<string, number>> = { "": 1, b: 1, kib: 1024, mib: 1024 ** 2, gib: 1024 ** 3 };

/**
 * Reads a number of bytes: `1000000`, `200MiB`, `1.5 GiB`.
 *
 * @param option for the message
 */
export function parseSize(option: string, text: string): number {
  const [, number = "", unit = ""] = /^(\d+(?:\.\d+)?) ?([a-z]*)$/i.exec(text.trim()) ?? [];
  const factor = UNITS[unit.toLowerCase()];
  const bytes = Math.round(Number(number) * (factor ?? 0));
  if (!(bytes > 0)) {
    throw new UsageError(`Option ${option} needs a number of bytes, or a size such as "200 MiB": "${text}".`);
  }
  return bytes;
}
