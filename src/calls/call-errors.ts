import { CassetteError } from "../cassette/errors.ts";

/** Why something other than a request has no recording to play. */
export type TimelineMissReason = "no-tape" | "not-recorded" | "different" | "used-up" | "out-of-order";

/** A call, step or checkpoint that is not on the cassette. `actual` and `expected` hold what differs from the nearest one. */
export class CassetteCallMissError extends CassetteError {
  override readonly name = "CassetteCallMissError";
  readonly reason: TimelineMissReason;
  actual: unknown;
  expected: unknown;

  constructor(message: string, reason: TimelineMissReason, diff?: Diff) {
    super("CASSETTE_CALL_MISS", message);
    this.reason = reason;
    Object.assign(this, diff);
    this.stack = `${this.name}: ${this.message}`;
  }
}

/** A call that ran live and gave something else than its recording, or a checkpoint with another value. */
export class CassetteDriftError extends CassetteError {
  override readonly name = "CassetteDriftError";
  readonly actual: unknown;
  readonly expected: unknown;

  constructor(
    code: "CASSETTE_CALL_DRIFT" | "CASSETTE_CHECKPOINT",
    message: string,
    { actual, expected }: Diff,
  ) {
    super(code, message);
    this.actual = actual;
    this.expected = expected;
  }
}

export interface Diff {
  readonly actual: unknown;
  readonly expected: unknown;
}
