import type { TapeEntry } from "../cassette/model.ts";
import type { CallPolicies } from "../options/options.ts";
import { Calls } from "./calls.ts";
import { Checkpoints } from "./checkpoints.ts";
import type { EntryKind, EntryKinds } from "./entry-kind.ts";
import { McpServers } from "./mcp-servers.ts";
import { Steps } from "./steps.ts";
import type { Timeline } from "./timeline.ts";

export interface RunOptions {
  readonly calls: CallPolicies;
  readonly liveAfter: string | undefined;
}

/** The run of the code under test in one session: what it asks for, by kind. */
export class Run {
  readonly timeline: Timeline;
  readonly calls: Calls;
  readonly steps: Steps;
  readonly checkpoints: Checkpoints;
  readonly mcp: McpServers;
  readonly #kinds: EntryKinds;

  constructor(
    timeline: Timeline,
    { request, process }: Pick<EntryKinds, "request" | "process">,
    options: RunOptions,
  ) {
    this.timeline = timeline;
    this.calls = new Calls(timeline, options.calls);
    this.steps = new Steps(timeline);
    this.checkpoints = new Checkpoints(timeline, options.liveAfter);
    this.mcp = new McpServers(timeline);
    const { calls: call, steps: step, checkpoints: checkpoint, mcp } = this;
    // Requests come last: what else is still running may send some.
    this.#kinds = { call, step, checkpoint, mcp, process, request };
  }

  /** Entries that this run has to ask for and did not, in the order of the tape. */
  get unplayed(): readonly TapeEntry[] {
    const { entries, ancestry, isOwn } = this.timeline;
    return entries.filter(
      (entry) =>
        isOwn(entry) &&
        this.timeline.played(entry) === 0 &&
        ancestry.isExpected(entry) &&
        this.#kindOf(entry).isJudged(entry),
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
    this.timeline.isClosed = true;
    for (const kind of Object.values(this.#kinds)) kind.stop();
  }

  /** Waits, not for long, until everything that is being recorded has ended. */
  async settle(): Promise<void> {
    for (const kind of Object.values(this.#kinds)) await kind.settle();
  }

  #kindOf<Entry extends TapeEntry>({ kind }: Entry): EntryKind<Entry> {
    return this.#kinds[kind] as unknown as EntryKind<Entry>;
  }
}
