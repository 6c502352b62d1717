import { Buffer } from "node:buffer";
import { isObject } from "../cassette/is-object.ts";
import type { RecordedMcp, RecordedRequest } from "../cassette/model.ts";
import type { TapeValue } from "../cassette/tape-value.ts";
import { normalizeRequest } from "../matching/normalize.ts";
import { MCP_VARYING_META } from "../providers/mcp.ts";
import { EntryQueue, type Found } from "./entry-queue.ts";
import { tokenAskedBy, tokenToldBy } from "./mcp-message.ts";
import type { Timeline } from "./timeline.ts";

/** Times on a tape are rounded to tenths of a millisecond. */
const ROUNDING = 0.15;

/** What a server sent because of one message of the client. */
interface Sent {
  /** Before the answer. */
  readonly before: RecordedMcp[];
  /** After the answer, when no other request was waiting for one. */
  readonly after: RecordedMcp[];
}

type Compared = Pick<RecordedMcp, "method" | "type" | "params">;

/** The recorded messages of one server. */
export class McpRecordings {
  readonly #timeline: Timeline;
  readonly #all: readonly RecordedMcp[];
  readonly #queue: EntryQueue<RecordedMcp>;
  readonly #sent = new Map<RecordedMcp, Sent>();

  constructor(timeline: Timeline, server: string | undefined) {
    this.#timeline = timeline;
    this.#all = timeline.entries.filter(
      (entry) => entry.kind === "mcp" && entry.server === server,
    ) as RecordedMcp[];
    const fromClient = this.#all.filter(({ from }) => from === "client");
    this.#queue = new EntryQueue(timeline, fromClient, (entry) => this.#keyOf(entry));
    for (const own of Map.groupBy(this.#all, ({ test }) => test).values()) this.#attach(own);
  }

  /** Returns the next recording of a message of the client. */
  find(message: Compared): Found<RecordedMcp> {
    return this.#queue.find(this.#keyOf(message));
  }

  wasAsked(entry: RecordedMcp): boolean {
    return this.#queue.wasAsked(entry);
  }

  /** Returns a recording of the same method: the next one, or the last one if all were played. */
  nearest(method: string): RecordedMcp | undefined {
    const same = this.#all.filter((entry) => entry.from === "client" && entry.method === method);
    return this.#timeline.nextOf(same);
  }

  sentFor(entry: RecordedMcp): Readonly<Sent> {
    return this.#sent.get(entry) ?? { before: [], after: [] };
  }

  /** The highest number of a progress token. */
  get lastToken(): number {
    return Math.max(0, ...this.#all.map(({ params }) => Number(tokenAskedBy(params) ?? 0) || 0));
  }

  /** Finds out which message of the client each message of the server came with. */
  #attach(entries: readonly RecordedMcp[]): void {
    const before: RecordedMcp[] = [];
    for (const entry of entries) {
      if (entry.from === "client") {
        before.push(entry);
        this.#sent.set(entry, { before: [], after: [] });
        continue;
      }
      const token = tokenToldBy(entry.params);
      const open =
        (token === undefined ? undefined : before.findLast(({ params }) => tokenAskedBy(params) === token)) ??
        before.findLast((request) => isOpen(request, entry.at));
      if (open !== undefined) this.#sent.get(open)?.before.push(entry);
      else this.#sent.get(before.at(-1) as RecordedMcp)?.after.push(entry);
    }
  }

  /** Messages are compared as if they were sent over HTTP: by the same rules. */
  #keyOf({ method, type, params }: Compared): string {
    const body = JSON.stringify({ jsonrpc: "2.0", method, params: comparedParams(params) });
    const request: RecordedRequest = {
      method: "POST",
      url: "http://mcp.local/",
      headers: [["content-type", "application/json"]],
      body: Buffer.from(body),
    };
    return `${type} ${method} ${normalizeRequest(request, this.#timeline.host.rules).fingerprint}`;
  }
}

function isOpen({ type, at, duration }: RecordedMcp, time: number): boolean {
  return type === "request" && (duration === undefined || time <= at + duration + ROUNDING);
}

/** Leaves out a `_meta` of which nothing is compared: one client may send it, and another may not. */
function comparedParams(params: TapeValue | undefined): TapeValue | undefined {
  if (!isObject(params) || !isObject(params._meta)) return params;
  const { _meta: meta, ...rest } = params as { readonly [key: string]: TapeValue };
  return Object.keys(meta as object).every((key) => MCP_VARYING_META.includes(key)) ? rest : params;
}
