import { type Later, later } from "../cassette/later.ts";
import type { TapeEntry } from "../cassette/model.ts";
import type { CallPolicies } from "../options/options.ts";
import { Calls } from "./calls.ts";
import { Checkpoints } from "./checkpoints.ts";
import type { EntryKind, EntryKinds } from "./entry-kind.ts";
import { McpServers } from "./mcp-servers.ts";
import { Steps } from "./steps.ts";
import type { Timeline } from "./timeline.ts";

/** The kinds, each loaded if the tape has an entry of it, or the test makes one. */
interface LaterKinds {
  readonly call: Later<Calls>;
  readonly step: Later<Steps>;
  readonly checkpoint: Later<Checkpoints>;
  readonly mcp: Later<McpServers>;
  readonly process: Later<EntryKinds["process"]>;
  readonly request: Later<EntryKinds["request"]>;
}

export interface RunOptions {
  readonly calls: CallPolicies;
  readonly liveAfter: string | undefined;
}

/** The run of the code under test in one session: what it asks for, by kind. */
export class Run {
  readonly timeline: Timeline;
  readonly #kinds: LaterKinds;

  constructor(
    timeline: Timeline,
    { request, process }: Pick<LaterKinds, "request" | "process">,
    options: RunOptions,
  ) {
    this.timeline = timeline;
    this.#kinds = {
      call: later(() => new Calls(timeline, options.calls)),
      step: later(() => new Steps(timeline)),
      checkpoint: later(() => new Checkpoints(timeline, options.liveAfter)),
      mcp: later(() => new McpServers(timeline)),
      process,
      // Requests come last: what else is still running may send some.
      request,
    };
  }

  get calls(): Calls {
    return this.#kinds.call.get();
  }

  get steps(): Steps {
    return this.#kinds.step.get();
  }

  get checkpoints(): Checkpoints {
    return this.#kinds.checkpoint.get();
  }

  get mcp(): McpServers {
    return this.#kinds.mcp.get();
  }

  /** Entries that this run has to ask for and did not, in the order of the tape. */
  get unplayed(): readonly TapeEntry[] {
    const { entries, ancestry, isOwn } = this.timeline;
    return entries.filter(
      (entry) =>
        isOwn(entry) &&
        this.timeline.played(entry) === 0 &&
        ancestry.isExpected(entry) &&
        this.#kindOf(entry).isJudged?.(entry) !== false,
    );
  }

  /** Returns whether an entry was played, or another one that is equal. */
  wasAsked(entry: TapeEntry): boolean {
    return this.#kindOf(entry).wasAsked(entry);
  }

  /** Returns entries together with what happened in them, or came with them. */
  withContent(entries: readonly TapeEntry[]): readonly TapeEntry[] {
    return entries
      .flatMap((entry) => [entry, ...this.timeline.ancestry.inside(entry)])
      .flatMap((entry) => [entry, ...(this.#kindOf(entry).cameWith?.(entry) ?? [])]);
  }

  /** Ends all waiting. Nothing may be asked for from now on. */
  stop(): void {
    this.timeline.close();
    for (const { made } of Object.values(this.#kinds)) made?.stop?.();
  }

  /** Waits, not for long, until everything that is being recorded has ended. */
  async settle(): Promise<void> {
    for (const kind of Object.values(this.#kinds)) await kind.made?.settle?.();
  }

  #kindOf<Entry extends TapeEntry>({ kind }: Entry): EntryKind<Entry> {
    return this.#kinds[kind].get() as unknown as EntryKind<Entry>;
  }
}
