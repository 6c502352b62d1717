import { interceptionState } from "../interception/context.ts";
import { currentScope, type Freeze, type OpenSession, scopeState } from "../session/scope.ts";
import { freezeDate } from "./freeze-date.ts";
import { freezeRandom } from "./freeze-random.ts";
import { NumberSequence } from "./number-sequence.ts";

/** One for each source of chance, so that one more number drawn here does not change all that is drawn there. */
export interface Sequences {
  readonly random: NumberSequence;
  readonly values: NumberSequence;
  readonly uuid: NumberSequence;
}

interface FreezeState {
  /** Sessions that hold the freeze. */
  readonly holders: Set<OpenSession>;
  undo: (() => void) | undefined;
  /** Each test's own, also where several tests play one session. */
  readonly sequences: WeakMap<object, WeakMap<OpenSession, Sequences>>;
}

const KEY = Symbol.for("vitest-cassette/freeze/1");

/** One for each worker, as `interceptionState()` is and for the same reason. */
function freezeState(): FreezeState {
  const holder = globalThis as { [KEY]?: FreezeState };
  holder[KEY] ??= { holders: new Set(), undo: undefined, sequences: new WeakMap() };
  return holder[KEY];
}

/**
 * Gives the code of each test that has `session` open the clock and the chance that its `freeze` says, until the
 * function is called that this returns. Whoever has replaced one of them, before or after (`vi.useFakeTimers`,
 * `vi.setSystemTime`, a spy), wins. `performance.now` is left alone.
 */
export function holdFreeze(session: OpenSession): () => void {
  const state = freezeState();
  state.holders.add(session);
  state.undo ??= install();
  return () => {
    state.holders.delete(session);
    if (state.holders.size > 0) return;
    state.undo?.();
    state.undo = undefined;
  };
}

function install(): () => void {
  const undo = [
    freezeDate(() => running("time")?.freeze.time),
    freezeRandom({
      random: () => drawing("random")?.random,
      values: () => drawing("random")?.values,
      uuid: () => drawing("uuid")?.uuid,
    }),
  ];
  return () => {
    for (const each of undo) each();
  };
}

/** What the running test has drawn from a session's sequences so far. */
export function sequencesOf(session: OpenSession): Sequences | undefined {
  const { freeze } = session;
  return freeze && ofTest(session, freeze);
}

/** Has the running test draw again what it drew after `mark`, a result of {@link markSequences}. */
export function rewindSequences(session: OpenSession, mark: Sequences | undefined): void {
  if (mark !== undefined) bySession().set(session, copyOf(mark));
}

export function markSequences(session: OpenSession): Sequences | undefined {
  const sequences = sequencesOf(session);
  return sequences && copyOf(sequences);
}

function copyOf({ random, values, uuid }: Sequences): Sequences {
  const copy = ({ state }: NumberSequence): NumberSequence => new NumberSequence(state);
  return { random: copy(random), values: copy(values), uuid: copy(uuid) };
}

interface Running {
  readonly session: OpenSession;
  readonly freeze: Freeze;
}

/** The freeze that the running code is under, found as the session that gets its requests is found. */
function running(part: keyof Freeze["parts"]): Running | undefined {
  // Our own way upstream is no code of the test's.
  if (interceptionState().own.getStore() !== undefined) return undefined;
  const scope = currentScope();
  const session =
    scope === undefined ? onlyOpen() : scope.sessions.findLast(({ freeze }) => freeze !== undefined);
  const freeze = session?.freeze;
  return session !== undefined && freeze?.parts[part] ? { session, freeze } : undefined;
}

function onlyOpen(): OpenSession | undefined {
  const { open } = scopeState();
  return open.size === 1 ? [...open][0] : undefined;
}

function drawing(part: "random" | "uuid"): Sequences | undefined {
  const found = running(part);
  return found && ofTest(found.session, found.freeze);
}

function ofTest(session: OpenSession, { seed }: Freeze): Sequences {
  const sessions = bySession();
  let sequences = sessions.get(session);
  if (sequences === undefined) {
    const [random, values, uuid] = [seed, seed + 1, seed + 2].map((each) => new NumberSequence(each)) as [
      NumberSequence,
      NumberSequence,
      NumberSequence,
    ];
    sequences = { random, values, uuid };
    sessions.set(session, sequences);
  }
  return sequences;
}

const NO_SCOPE = {};

function bySession(): WeakMap<OpenSession, Sequences> {
  const { sequences } = freezeState();
  const scope = currentScope() ?? NO_SCOPE;
  const sessions = sequences.get(scope) ?? new WeakMap<OpenSession, Sequences>();
  sequences.set(scope, sessions);
  return sessions;
}
