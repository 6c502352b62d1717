import { AsyncLocalStorage } from "node:async_hooks";
import { idOf, type RecordedCall, type RecordedStep } from "../cassette/model.ts";

/** The call or step in which the running code is, for events. */
export interface EventScope {
  /** The timeline that it is on. */
  readonly owner: object;
  readonly outer: EventScope | undefined;
  /** The id that events name it by; `undefined` if nobody listens. */
  readonly eventId?: string | undefined;
  /** The tool call that an SDK announced, if it is one. */
  readonly announced?: AnnouncedTool | undefined;
}

/** A tool call that an SDK announces before it calls the tool. */
export interface AnnouncedTool {
  readonly id: string;
  readonly name: string;
  /** Whether the wrapped tool was called: it sends no events of its own. */
  isTaken: boolean;
  /** Milliseconds that the played recording took; `undefined` if none was played. */
  played?: { readonly duration: number | undefined } | undefined;
}

/** A call or step that is recorded: entries of the tape name it as their parent. */
export interface ParentScope extends EventScope {
  /** The name of the parent, without a number. */
  readonly name: string;
  /** Returns how entries name it, and notes that one does. */
  readonly refer: () => string;
}

const KEY = Symbol.for("vitest-cassette/parents/2");

/** One for each worker, even if this module is loaded more than once in it. */
export function parentStorage(): AsyncLocalStorage<EventScope | undefined> {
  const holder = globalThis as { [KEY]?: AsyncLocalStorage<EventScope | undefined> };
  holder[KEY] ??= new AsyncLocalStorage();
  return holder[KEY];
}

/** Runs `body` inside a call or step; in none if `parent` is `undefined`. */
export function runInside<T>(parent: EventScope | undefined, body: () => T): T {
  return parentStorage().run(parent, body);
}

/** Lets the rest of the running code be inside a call or step. */
export function enterParent(parent: EventScope | undefined): void {
  if (parent !== parentStorage().getStore()) parentStorage().enterWith(parent);
}

/** Returns the recorded call or step of the running code on this timeline; `undefined` if it is in none. */
export function currentParent(owner: object): ParentScope | undefined {
  let scope = parentStorage().getStore();
  while (scope !== undefined && (scope.owner !== owner || !isParent(scope))) scope = scope.outer;
  return scope as ParentScope | undefined;
}

/** Returns the call or step of the running code on this timeline that events name; `undefined` if it is in none. */
export function currentEventScope(owner: object): EventScope | undefined {
  let scope = parentStorage().getStore();
  while (scope !== undefined && (scope.owner !== owner || scope.eventId === undefined)) scope = scope.outer;
  return scope;
}

function isParent(scope: EventScope): scope is ParentScope {
  return "refer" in scope;
}

/** Returns the call or step of the running code on any timeline. */
export function innermostParent(): EventScope | undefined {
  return parentStorage().getStore();
}

/** A call or step that runs: what happens in it names it as its parent. */
export interface RunningParent {
  readonly scope: ParentScope;
  /** Returns the id to write with it; `undefined` if its name will do. */
  readonly id: () => string | undefined;
}

/** Gives the calls and steps of one timeline ids that are on it only once. */
export class ParentIds {
  readonly #owner: object;
  readonly #ids: Set<string>;
  /** The next number to try, by name. */
  readonly #numbers = new Map<string, number>();

  /** @param taken the ids that are on the tape */
  constructor(owner: object, taken: Iterable<string>) {
    this.#owner = owner;
    this.#ids = new Set(taken);
  }

  /**
   * Makes a parent of a call or step that runs.
   *
   * @param recorded its recording, if it is on the tape: what is added happens in that one
   * @param eventId its id in events
   */
  running(name: string, recorded?: RecordedCall | RecordedStep, eventId?: string | undefined): RunningParent {
    const own = recorded === undefined ? this.#newId(name) : (idOf(recorded) as string);
    let isNamed = false;
    const refer = (): string => {
      isNamed = true;
      return own;
    };
    return {
      scope: { owner: this.#owner, name, refer, outer: innermostParent(), eventId },
      id: () => (isNamed && own !== name ? own : undefined),
    };
  }

  #newId(name: string): string {
    let number = this.#numbers.get(name) ?? 1;
    let id = number === 1 ? name : `${name} ${number}`;
    while (this.#ids.has(id)) id = `${name} ${++number}`;
    this.#numbers.set(name, number + 1);
    this.#ids.add(id);
    return id;
  }
}
