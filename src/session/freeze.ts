import crypto from "node:crypto";
import { syncBuiltinESMExports } from "node:module";
import type { Frozen } from "../cassette/model.ts";
import type { ResolvedOptions } from "../modes/options.ts";
import { generator } from "./plan.ts";
import { currentScope, type Scope } from "./scope.ts";

type FreezeParts = NonNullable<ResolvedOptions["freeze"]>;

interface Freeze {
  readonly parts: FreezeParts;
  /** Milliseconds since the epoch at which the clock stands. */
  readonly time: number;
  /** A sequence for each part, so that one more number drawn here does not change all that is drawn there. */
  readonly next: {
    readonly random: () => number;
    readonly values: () => number;
    readonly uuid: () => number;
  };
}

/** Each test's own, so that concurrent tests do not share a clock; under `undefined` what is outside all tests. */
const active = new Map<Scope | undefined, Freeze>();
let restore: (() => void) | undefined;

/**
 * Gives the code of the running test the clock and the randomness of `frozen`, until the returned function is
 * called. Whoever replaces `Date` after this (`vi.useFakeTimers`, `vi.setSystemTime`) wins. `performance.now`
 * is left alone.
 */
export function freeze(parts: FreezeParts, frozen: Frozen): () => void {
  const scope = currentScope();
  const next = {
    random: generator(frozen.seed),
    values: generator(frozen.seed + 1),
    uuid: generator(frozen.seed + 2),
  };
  active.set(scope, { parts, time: Date.parse(frozen.time), next });
  restore ??= install();
  return () => {
    active.delete(scope);
    if (active.size > 0) return;
    restore?.();
    restore = undefined;
  };
}

function current(part: keyof FreezeParts): Freeze | undefined {
  const freeze = active.get(currentScope()) ?? active.get(undefined);
  return freeze?.parts[part] ? freeze : undefined;
}

function install(): () => void {
  const undo = [
    replace(globalThis, "Date", frozenDate),
    replace(Math, "random", (real) => () => current("random")?.next.random() ?? real()),
    // The global crypto has its methods on its prototype: an own property shadows them, and can be taken away.
    replace(globalThis.crypto, "randomUUID", (real) => frozenUUID(real.bind(globalThis.crypto))),
    replace(globalThis.crypto, "getRandomValues", (real) => frozenValues(real.bind(globalThis.crypto))),
    replace(crypto, "randomUUID", (real) => frozenUUID(real)),
    replace(crypto, "getRandomValues", (real) => frozenValues(real as Crypto["getRandomValues"])),
  ];
  // Named imports from node:crypto are copies of these.
  syncBuiltinESMExports();
  return () => {
    for (const each of undo) each();
    syncBuiltinESMExports();
  };
}

function replace<T extends object, K extends keyof T>(
  owner: T,
  key: K,
  make: (real: T[K]) => unknown,
): () => void {
  const before = Object.getOwnPropertyDescriptor(owner, key);
  const mine = make(owner[key]);
  Object.defineProperty(owner, key, {
    value: mine,
    configurable: true,
    writable: true,
    enumerable: before?.enumerable ?? false,
  });
  return () => {
    // Where somebody has replaced it since, it is theirs.
    if ((owner[key] as unknown) !== mine) return;
    if (before === undefined) delete owner[key];
    else Object.defineProperty(owner, key, before);
  };
}

function frozenDate(real: DateConstructor): DateConstructor {
  const now = (): number => current("time")?.time ?? real.now();
  return new Proxy(real, {
    construct(target, args, newTarget) {
      return Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget) as object;
    },
    apply: () => new real(now()).toString(),
    get: (target, key, receiver) => (key === "now" ? now : Reflect.get(target, key, receiver)),
  });
}

type RandomUUID = typeof crypto.randomUUID;

function frozenUUID(real: RandomUUID): RandomUUID {
  return (...args) => {
    const freeze = current("uuid");
    if (freeze === undefined) return real(...args);
    const bytes = Buffer.from(Uint8Array.from({ length: 16 }, () => freeze.next.uuid() * 256));
    // RFC 9562: version 4, variant 10.
    bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
    bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
    const hex = bytes.toString("hex");
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  };
}

function frozenValues(real: Crypto["getRandomValues"]): Crypto["getRandomValues"] {
  return (array) => {
    const freeze = current("random");
    if (freeze === undefined) return real(array);
    const view = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    for (let at = 0; at < view.length; at++) view[at] = freeze.next.values() * 256;
    return array;
  };
}
