import type {
  BypassEvent,
  CassetteEvent,
  CheckpointEvent,
  ChunkEvent,
  LlmCallEvent,
  LlmResultEvent,
  LogEvent,
  MissEvent,
  SessionEndEvent,
  SessionStartEvent,
  StepEvent,
  ToolCallEvent,
  ToolResultEvent,
} from "../events/event.ts";

/** One line of a session's timeline. Times are in milliseconds since the session started. */
interface ItemBase {
  /** Unique in the session. */
  readonly key: string;
  readonly start: number;
  /** The `key` of the item that it happened in. */
  readonly parent: string | undefined;
}

export interface RequestItem extends ItemBase {
  readonly kind: "request";
  readonly call: LlmCallEvent;
  readonly chunks: ChunkEvent[];
  result: LlmResultEvent | undefined;
}

export interface ToolItem extends ItemBase {
  readonly kind: "tool";
  readonly call: ToolCallEvent;
  result: ToolResultEvent | undefined;
}

export interface StepItem extends ItemBase {
  readonly kind: "step";
  readonly step: StepEvent;
  end: StepEvent | undefined;
}

export interface NoteItem extends ItemBase {
  readonly kind: "note";
  readonly event: CheckpointEvent | MissEvent | BypassEvent | LogEvent;
}

export type Item = RequestItem | ToolItem | StepItem | NoteItem;

export interface Session {
  readonly id: string;
  start: SessionStartEvent | undefined;
  end: SessionEndEvent | undefined;
  readonly items: Item[];
  /** Events that never arrived. */
  dropped: number;
  /** The time of the first event. */
  readonly began: number;
  lastSeq: number;
  readonly byId: Map<string, Item>;
}

/** Everything that the page shows, built from events in any order of sessions. */
export class Sessions {
  readonly #sessions = new Map<string, Session>();

  get list(): readonly Session[] {
    return [...this.#sessions.values()];
  }

  /** Adds an event. Returns the session that it changed. Ignores types that it does not know. */
  add(event: CassetteEvent): Session {
    let session = this.#sessions.get(event.session);
    // A test that runs again in watch mode.
    const startsAgain = event.type === "session_start" && session?.start !== undefined;
    if (session === undefined || startsAgain) {
      session = {
        id: event.session,
        start: undefined,
        end: undefined,
        items: [],
        dropped: 0,
        began: event.time,
        lastSeq: event.seq - 1,
        byId: new Map(),
      };
      this.#sessions.set(event.session, session);
    }
    session.dropped += Math.max(0, event.seq - session.lastSeq - 1);
    session.lastSeq = Math.max(session.lastSeq, event.seq);
    addTo(session, event);
    return session;
  }

  clear(): void {
    this.#sessions.clear();
  }
}

function addTo(session: Session, event: CassetteEvent): void {
  const base = {
    key: `${event.seq}`,
    start: event.time - session.began,
    parent: event.parent === undefined ? undefined : session.byId.get(event.parent)?.key,
  };
  const found = event.id === undefined ? undefined : session.byId.get(event.id);
  switch (event.type) {
    case "session_start":
      session.start = event;
      break;
    case "session_end":
      session.end = event;
      break;
    case "llm_call":
      push(session, { ...base, kind: "request", call: event, chunks: [], result: undefined }, event.id);
      break;
    case "chunk":
      if (found?.kind === "request") found.chunks.push(event);
      break;
    case "llm_result":
      if (found?.kind === "request") found.result = event;
      break;
    case "tool_call":
      push(session, { ...base, kind: "tool", call: event, result: undefined }, event.id);
      break;
    case "tool_result":
      if (found?.kind === "tool") found.result = event;
      break;
    case "step":
      if (event.phase === "start") {
        push(session, { ...base, kind: "step", step: event, end: undefined }, event.id);
      } else if (found?.kind === "step") found.end = event;
      break;
    case "checkpoint":
    case "miss":
    case "bypass":
    case "log":
      push(session, { ...base, kind: "note", event }, undefined);
      break;
    case "dropped":
      session.dropped = Math.max(session.dropped, event.count);
      break;
  }
}

function push(session: Session, item: Item, id: string | undefined): void {
  session.items.push(item);
  if (id !== undefined) session.byId.set(id, item);
}

/** Returns when an item ended, in milliseconds since the session started; `undefined` while it runs. */
export function endOf(item: Item): number | undefined {
  switch (item.kind) {
    case "request": {
      if (item.result === undefined) return undefined;
      return item.start + (item.result.timing.duration ?? item.result.timing.headers ?? 0);
    }
    case "tool":
      if (item.call.kind === "mcp" && item.call.name.startsWith("notifications/")) return item.start;
      return item.result === undefined ? undefined : item.start + (item.result.duration ?? 0);
    case "step":
      return item.end === undefined ? undefined : item.start + (item.end.duration ?? 0);
    case "note":
      return item.start;
  }
}

/**
 * Returns how long a session took by now, in milliseconds.
 *
 * @param time now, in milliseconds since 1970, if the session may still run
 */
export function lengthOf(session: Session, time?: number): number {
  const now = time === undefined || session.end !== undefined ? 0 : time - session.began;
  const ends = session.items.map((item) => {
    const last = item.kind === "request" ? (item.chunks.at(-1)?.at ?? 0) : 0;
    return endOf(item) ?? item.start + last;
  });
  return ends.reduce((longest, end) => Math.max(longest, end), session.end?.duration ?? now);
}

/** The numbers of a session. */
export interface SessionFigures {
  readonly requests: number;
  readonly tools: number;
  readonly misses: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly models: readonly string[];
  /** The first token of the first stream, in milliseconds. */
  readonly firstToken: number | undefined;
}

/** Adds up a session. */
export function figuresOf(session: Session): SessionFigures {
  const requests = session.items.filter((item) => item.kind === "request");
  const results = requests.flatMap(({ result }) => (result === undefined ? [] : [result]));
  const models = requests.flatMap(({ call, result }) => result?.model ?? call.model ?? []);
  return {
    requests: requests.length,
    tools: session.items.filter(({ kind }) => kind === "tool").length,
    misses: session.items.filter((item) => item.kind === "note" && item.event.type === "miss").length,
    inputTokens: results.reduce((sum, { usage }) => sum + (usage?.inputTokens ?? 0), 0),
    outputTokens: results.reduce((sum, { usage }) => sum + (usage?.outputTokens ?? 0), 0),
    models: [...new Set(models)],
    firstToken: results.find(({ timing }) => timing.firstToken !== undefined)?.timing.firstToken,
  };
}

/** Returns how many items an item is nested in. */
export function depthOf(item: Item, session: Session): number {
  const byKey = new Map(session.items.map((each) => [each.key, each]));
  let depth = 0;
  let parent = item.parent;
  while (parent !== undefined && depth < 20) {
    depth++;
    parent = byKey.get(parent)?.parent;
  }
  return depth;
}

/** Returns the name of an item, for a person. */
export function titleOf(item: Item): string {
  switch (item.kind) {
    case "request": {
      const { provider, api, method, url } = item.call;
      const model = item.result?.model ?? item.call.model;
      if (provider === undefined) return `${method} ${url}`;
      return [provider, api, model].filter((part) => part !== undefined).join(" · ");
    }
    case "tool":
      return `${item.call.kind} ${item.call.name}`;
    case "step":
      return `${item.step.kind} ${item.step.name}`;
    case "note":
      return titleOfNote(item.event);
  }
}

function titleOfNote(event: NoteItem["event"]): string {
  switch (event.type) {
    case "checkpoint":
      return `checkpoint ${event.label}`;
    case "miss":
      return `miss: ${event.message.split("\n", 1)[0]}`;
    case "bypass":
      return `not recorded: ${event.url} (${event.reason})`;
    case "log":
      return event.message;
  }
}

/** Returns the texts that a search looks through. */
export function searchText(session: Session): string {
  const texts = [session.id, session.start?.test, session.start?.testFile, session.start?.cassette];
  for (const item of session.items) {
    texts.push(titleOf(item));
    if (item.kind === "request") texts.push(item.call.prompt, item.result?.text, item.call.url);
    if (item.kind === "tool")
      texts.push(JSON.stringify(item.call.input), JSON.stringify(item.result?.output));
  }
  return texts
    .filter((text) => text !== undefined)
    .join("\n")
    .toLowerCase();
}
