import { CassetteError } from "../cassette/errors.ts";
import { atCallSite } from "../diagnosis/call-site.ts";
import type { MissReason } from "../diagnosis/miss-facts.ts";

/** A call, step or checkpoint that is not on the cassette. `actual` and `expected` hold what differs from the nearest one. */
export class CassetteCallMissError extends CassetteError {
  override readonly name = "CassetteCallMissError";
  readonly reason: MissReason;
  actual: unknown;
  expected: unknown;

  constructor(message: string, reason: MissReason, diff?: Diff) {
    super("CASSETTE_CALL_MISS", message);
    this.reason = reason;
    Object.assign(this, diff);
    // Our own frames say nothing to the author of the test.
    atCallSite(this, this.stack);
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
