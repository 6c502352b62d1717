import type { RecordedMcp } from "../cassette/model.ts";
import { CassetteOptionsError } from "../options/options-error.ts";
import type { EntryKind } from "./entry-kind.ts";
import { McpConnection } from "./mcp-connection.ts";
import type { McpTransport } from "./mcp-message.ts";
import { McpRecordings } from "./mcp-recordings.ts";
import type { Timeline } from "./timeline.ts";

/** Options of `cassette.mcp`. */
export interface McpOptions {
  /**
   * The name of the server, which tells its messages from those of others.
   *
   * @defaultValue none for the first transport without a name, then `'2'`, `'3'`
   */
  readonly server?: string | undefined;
}

const HTTP_TRANSPORTS = new Set(["StreamableHTTPClientTransport", "SSEClientTransport"]);

/** The MCP servers that one session talks to, recorded or played. */
export class McpServers implements EntryKind<RecordedMcp> {
  readonly #timeline: Timeline;
  readonly #recordings = new Map<string | undefined, McpRecordings>();
  readonly #connections: McpConnection[] = [];
  #unnamed = 0;

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  /** What a server sent comes with the messages of the client. */
  isJudged({ from }: RecordedMcp): boolean {
    return from === "client";
  }

  wasAsked(entry: RecordedMcp): boolean {
    return this.#recordingsOf(entry.server).wasAsked(entry);
  }

  /** What the server sent because of a message. */
  cameWith(entry: RecordedMcp): readonly RecordedMcp[] {
    const { before, after } = this.#recordingsOf(entry.server).sentFor(entry);
    return [...before, ...after];
  }

  wrap<T extends McpTransport>(transport: T, { server }: McpOptions = {}): T {
    checkTransport(transport);
    const name = server ?? this.#nextName();
    const recordings = this.#recordingsOf(name);
    const connection = new McpConnection(this.#timeline, transport, { server: name, recordings });
    this.#connections.push(connection);
    return wrapped(transport, connection);
  }

  /** Ends all waiting. */
  stop(): void {
    for (const connection of this.#connections) connection.stop();
  }

  async settle(): Promise<void> {}

  #recordingsOf(server: string | undefined): McpRecordings {
    const recordings = this.#recordings.get(server) ?? new McpRecordings(this.#timeline, server);
    this.#recordings.set(server, recordings);
    return recordings;
  }

  #nextName(): string | undefined {
    this.#unnamed++;
    return this.#unnamed === 1 ? undefined : String(this.#unnamed);
  }
}

/** Everything but the messages is that of the transport itself. */
function wrapped<T extends McpTransport>(transport: T, connection: McpConnection): T {
  const own: object = connection.surface;
  return new Proxy(transport, {
    get(target, property) {
      if (property in own) return Reflect.get(own, property);
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === "function" && property !== "constructor" ? value.bind(target) : value;
    },
    // As of a subclass: for an instance of its own class, the SDK asks the server's version over a second transport.
    getPrototypeOf: (target) => target,
    set: (target, property, value) => Reflect.set(property in own ? own : target, property, value),
  });
}

function checkTransport(transport: unknown): void {
  const { start, send, close } = (transport ?? {}) as Partial<Record<keyof McpTransport, unknown>>;
  if ([start, send, close].some((method) => typeof method !== "function")) {
    throw new CassetteOptionsError("cassette.mcp()", [
      "It takes a client transport with start, send and close: cassette.mcp(new StdioClientTransport({ command: 'server' })).",
    ]);
  }
  for (let type: unknown = transport; type !== null; type = Object.getPrototypeOf(type)) {
    const { name } = (type as object).constructor;
    if (!HTTP_TRANSPORTS.has(name)) continue;
    throw new CassetteOptionsError("cassette.mcp()", [
      `The requests of a ${name} are recorded as HTTP already. Connect it as it is, without cassette.mcp().`,
    ]);
  }
}
