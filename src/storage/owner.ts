import { createHash, randomUUID } from "node:crypto";
import { hostname } from "node:os";

/** Who made a temporary file or a lock: the machine, the process, and something that only one maker has. */
export interface Owner {
  readonly host: string;
  readonly pid: number;
  readonly id: string;
}

export function newOwner(): Owner {
  return { host: thisHost(), pid: process.pid, id: randomUUID().replaceAll("-", "").slice(0, 12) };
}

/** As part of a file name. */
export function ownerText({ host, pid, id }: Owner): string {
  return `${host}-${pid}-${id}`;
}

/** A regular expression's source for `ownerText`, with three groups. */
export const OWNER = "([0-9a-f]{6})-(\\d+)-([0-9a-f]{12})";

export function thisHost(): string {
  return createHash("sha256").update(hostname()).digest("hex").slice(0, 6);
}

/** `false` where the process of an owner is certainly gone, `undefined` where that cannot be known from here. */
export function isAlive({ host, pid }: Pick<Owner, "host" | "pid">): boolean | undefined {
  if (host !== thisHost()) return undefined;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Not allowed to signal it: then it is there, as somebody else's.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
