import type { Interaction, RecordedRequest } from "../cassette/model.ts";
import type { MissFacts } from "../diagnosis/miss-facts.ts";
import type { Mode } from "../options/options.ts";
import type { StreamTrace } from "../streams/stream-trace.ts";
import type { CassetteStats } from "./stats.ts";

/** Picks streams: by position among them, by a part of the URL, or by a test of the trace. */
export type StreamSelector = number | string | RegExp | ((trace: StreamTrace) => boolean);

/** The cassette of one test: what is on the tape, what was asked of it, and the streams that were played. */
export interface Cassette extends AsyncDisposable {
  readonly name: string;
  /** Absolute path of the tape. */
  readonly file: string;
  readonly mode: Mode;
  /** Whether requests may go to the live provider and onto the tape. */
  readonly recording: boolean;
  /** All interactions on the tape. */
  readonly interactions: readonly Interaction[];
  /** The live requests of this run, in order, as they were sent; secrets are out. */
  readonly requests: readonly RecordedRequest[];
  /** Requests that had no recording. */
  readonly misses: readonly MissFacts[];
  /** Recordings that no request has asked for yet. */
  readonly unplayed: readonly Interaction[];
  /**
   * The streams on the tape, decoded; where several tests have recorded into it, those of this test. A whole JSON
   * answer is a stream of one event.
   */
  readonly streams: readonly StreamTrace[];
  readonly stats: CassetteStats;
  /**
   * One stream: the only one, or the one that `selector` picks.
   *
   * @throws CassetteError `CASSETTE_NO_STREAM` where there is none, or more than one and no selector
   */
  stream(selector?: StreamSelector): StreamTrace;
  /**
   * Settles what is on its way, writes what was recorded, and judges the run, before the test ends by itself.
   *
   * @throws CassetteError for misses, unplayed recordings, or a tape that could not be written
   */
  eject(): Promise<void>;
}
