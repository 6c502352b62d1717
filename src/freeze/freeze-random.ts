import { Buffer } from "node:buffer";
import crypto from "node:crypto";
import { syncBuiltinESMExports } from "node:module";
import type { NumberSequence } from "../cassette/number-sequence.ts";

/** The sources that the running code draws from; `undefined` for the real ones. */
export interface Draws {
  /** `Math.random`. */
  readonly random: () => NumberSequence | undefined;
  /** `crypto.getRandomValues`. */
  readonly values: () => NumberSequence | undefined;
  /** `crypto.randomUUID`. */
  readonly uuid: () => NumberSequence | undefined;
}

type RandomUUID = typeof crypto.randomUUID;
type RandomValues = Crypto["getRandomValues"];

const KEY = Symbol.for("vitest-cassette/chance/1");

/** The real functions, and ours. Any other function is a mock, which wins. */
function knownFunctions(): WeakSet<object> {
  const holder = globalThis as { [KEY]?: WeakSet<object> };
  holder[KEY] ??= new WeakSet<object>([
    Math.random,
    crypto.randomUUID,
    crypto.getRandomValues,
    globalThis.crypto.randomUUID,
    globalThis.crypto.getRandomValues,
  ]);
  return holder[KEY];
}

// Captured on load: a test may have mocked them later.
knownFunctions();

/**
 * Makes the sources of random numbers use `draws` until the returned function is called. Named imports from
 * `node:crypto` follow.
 */
export function freezeRandom({ random, values, uuid }: Draws): () => void {
  const undo = [
    replace(Math, "random", (real) => () => {
      const sequence = random();
      return sequence === undefined || isOfInterceptors() ? real() : sequence.next();
    }),
    ...webCryptos().flatMap((each) => [
      replace(each, "randomUUID", (real) => frozenUUID(uuid, real.bind(each))),
      replace(each, "getRandomValues", (real) => frozenValues(values, real.bind(each))),
    ]),
    replace(crypto, "randomUUID", (real) => frozenUUID(uuid, real)),
    replace(
      crypto,
      "getRandomValues",
      (real) => frozenValues(values, real as RandomValues) as typeof crypto.getRandomValues,
    ),
  ];
  syncBuiltinESMExports();
  return () => {
    for (const each of undo) each();
    syncBuiltinESMExports();
  };
}

/** The global crypto, which an environment such as jsdom can replace, and Node's. */
function webCryptos(): readonly Crypto[] {
  return [...new Set([globalThis.crypto, crypto.webcrypto as Crypto])];
}

/**
 * Whether the package that catches sockets is calling `Math.random`. It draws more ids for requests while recording
 * than in replay, and must not advance the sequence of the test.
 */
function isOfInterceptors(): boolean {
  const holder: { stack?: string } = {};
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 3;
  Error.captureStackTrace(holder, isOfInterceptors);
  Error.stackTraceLimit = limit;
  return /[\\/]@mswjs[\\/+]interceptors/.test(String(holder.stack));
}

/** Installs what `make` returns, unless there is a mock. The methods of the global crypto are on its prototype. */
function replace<T extends object, K extends keyof T>(
  owner: T,
  key: K,
  make: (real: T[K]) => T[K],
): () => void {
  const known = knownFunctions();
  const real = owner[key];
  const before = Object.getOwnPropertyDescriptor(owner, key);
  if (!known.has(real as object) || before?.configurable === false) return () => undefined;
  const mine = make(real);
  known.add(mine as object);
  Object.defineProperty(owner, key, {
    value: mine,
    configurable: true,
    writable: true,
    enumerable: before?.enumerable ?? false,
  });
  return () => {
    // If other code has replaced it since, leave it.
    if (owner[key] !== mine) return;
    if (before === undefined) delete owner[key];
    else Object.defineProperty(owner, key, before);
  };
}

function frozenUUID(draw: Draws["uuid"], real: RandomUUID): RandomUUID {
  return (...args) => {
    const sequence = draw();
    if (sequence === undefined) return real(...args);
    const bytes = Buffer.from(Uint8Array.from({ length: 16 }, () => sequence.below(256)));
    // RFC 9562: version 4, variant 10.
    bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
    bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
    const hex = bytes.toString("hex");
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  };
}

function frozenValues(draw: Draws["values"], real: RandomValues): RandomValues {
  return (array) => {
    // The real function also reports invalid arguments.
    real(array);
    const sequence = draw();
    if (sequence !== undefined) {
      const view = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
      for (let at = 0; at < view.length; at++) view[at] = sequence.below(256);
    }
    return array;
  };
}
