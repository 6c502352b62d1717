import { AsyncLocalStorage } from "node:async_hooks";

/** The call or step in which the running code is. */
export interface ParentScope {
  /** The timeline that the parent is on. */
  readonly owner: object;
  /** The name of the parent, without a number. */
  readonly name: string;
  /** Returns how entries name it, and notes that one does. */
  readonly refer: () => string;
  readonly outer: ParentScope | undefined;
  /** The id that events name it by; `undefined` if nobody listens. */
  readonly eventId?: string | undefined;
}

const KEY = Symbol.for("vitest-cassette/parents/1");

/** One for each worker, even if this module is loaded more than once in it. */
function storage(): AsyncLocalStorage<ParentScope | undefined> {
  const holder = globalThis as { [KEY]?: AsyncLocalStorage<ParentScope | undefined> };
  holder[KEY] ??= new AsyncLocalStorage();
  return holder[KEY];
}

/** Runs `body` inside a call or step; in none if `parent` is `undefined`. */
export function runInside<T>(parent: ParentScope | undefined, body: () => T): T {
  return storage().run(parent, body);
}

/** Lets the rest of the running code be inside a call or step. */
export function enterParent(parent: ParentScope | undefined): void {
  if (parent !== storage().getStore()) storage().enterWith(parent);
}

/** Returns the call or step of the running code on this timeline; `undefined` if it is in none. */
export function currentParent(owner: object): ParentScope | undefined {
  let parent = storage().getStore();
  while (parent !== undefined && parent.owner !== owner) parent = parent.outer;
  return parent;
}

/** Returns the call or step of the running code on any timeline. */
export function innermostParent(): ParentScope | undefined {
  return storage().getStore();
}
