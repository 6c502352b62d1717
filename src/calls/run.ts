import type { TapeEntry } from "../cassette/model.ts";
import type { CallPolicies } from "../options/options.ts";
import type { Ancestry } from "./ancestry.ts";
import { Calls } from "./calls.ts";
import { Checkpoints } from "./checkpoints.ts";
import { McpServers } from "./mcp-servers.ts";
import { Steps } from "./steps.ts";
import { type StartedAddition, Timeline, type TimelineHost } from "./timeline.ts";

export interface RunOptions {
  readonly calls: CallPolicies;
  readonly liveAfter: string | undefined;
}

/** The run of the code under test in one session, besides its requests: calls, steps, checkpoints and MCP messages. */
export class Run {
  readonly timeline: Timeline;
  readonly calls: Calls;
  readonly steps: Steps;
  readonly checkpoints: Checkpoints;
  readonly mcp: McpServers;

  constructor(entries: readonly TapeEntry[], ancestry: Ancestry, host: TimelineHost, options: RunOptions) {
    this.timeline = new Timeline(entries, ancestry, host);
    this.calls = new Calls(this.timeline, options.calls);
    this.steps = new Steps(this.timeline);
    this.checkpoints = new Checkpoints(this.timeline, options.liveAfter);
    this.mcp = new McpServers(this.timeline);
  }

  /** How many calls, steps, checkpoints and MCP messages had no recording. */
  get missed(): number {
    return this.calls.missed + this.steps.missed + this.checkpoints.missed + this.mcp.missed;
  }

  /** Entries that this run has to play and did not, in the order of the tape. Requests are not among them. */
  get unplayed(): readonly TapeEntry[] {
    const { entries, ancestry } = this.timeline;
    return entries.filter(
      (entry) =>
        entry.kind !== "request" &&
        this.timeline.isOwn(entry) &&
        this.timeline.played(entry) === 0 &&
        ancestry.isExpected(entry) &&
        (entry.kind !== "call" || this.calls.isJudged(entry)) &&
        // What a server sent comes with the messages of the client.
        (entry.kind !== "mcp" || entry.from === "client"),
    );
  }

  /** What was recorded by now. */
  finished(): readonly StartedAddition[] {
    return this.timeline.finished();
  }

  /** Ends all waiting. Nothing may be called from now on. */
  stop(): void {
    this.timeline.isClosed = true;
    this.calls.stop();
    this.mcp.stop();
  }

  /** Waits, not for long, until everything that is being recorded has ended, and returns it. */
  async settle(): Promise<readonly StartedAddition[]> {
    await this.calls.settle();
    return this.timeline.finished();
  }
}
