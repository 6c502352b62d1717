import type { Interaction, RecordedRequest, TapeEntry } from "../cassette/model.ts";
import type { MissFacts } from "../diagnosis/miss-facts.ts";
import type { Mode } from "../options/options.ts";
import type { StreamTrace } from "../streams/stream-trace.ts";
import type { Bypassed } from "./bypassed.ts";
import type { CassetteStats } from "./stats.ts";

/** Selects streams: by position, by a part of the URL, or by a predicate on the trace. */
export type StreamSelector = number | string | RegExp | ((trace: StreamTrace) => boolean);

/** The cassette of one test: what is on its tape, what the test requested, and the streams that it got. */
export interface Cassette extends AsyncDisposable {
  readonly name: string;
  /** Absolute path of the file. */
  readonly file: string;
  readonly mode: Mode;
  /** Whether requests may go to the live provider and onto the tape. */
  readonly recording: boolean;
  /** All requests on the tape, with their responses. */
  readonly interactions: readonly Interaction[];
  /** The timeline of the tape: requests, calls, steps and checkpoints, in the order in which they began. */
  readonly entries: readonly TapeEntry[];
  /** The live requests of this test, in order, as they were sent; without secrets. */
  readonly requests: readonly RecordedRequest[];
  /** Requests that had no recording. */
  readonly misses: readonly MissFacts[];
  /** Recordings that no request asked for yet. */
  readonly unplayed: readonly Interaction[];
  /** What this test sent and the cassette let through, by a rule: neither recorded nor replayed. */
  readonly bypassed: readonly Bypassed[];
  /**
   * The decoded streams on the tape; if several tests record into it, those that this test has recorded or played. A whole
   * JSON response is a stream of one event.
   */
  readonly streams: readonly StreamTrace[];
  /** Counts the requests of this test. */
  readonly stats: CassetteStats;
  /**
   * Returns one stream: the only one, or the one that `selector` selects.
   *
   * @throws CassetteError `CASSETTE_NO_STREAM` if there is none, or more than one and no selector
   */
  stream(selector?: StreamSelector): StreamTrace;
  /**
   * Closes the cassette before the test ends: completes what is still arriving, hands over what was recorded, and checks
   * that everything was played.
   *
   * @throws CassetteError for misses, unplayed recordings, or a file that cannot be written
   */
  eject(): Promise<void>;
}
