import { Buffer } from "node:buffer";
import { crc32 } from "node:zlib";
import type { Interaction, RecordedRequest } from "../cassette/model.ts";
import { headerOf } from "../http/headers.ts";
import type { MatchRules } from "./rules.ts";

/** Finds the recording of a request by its bytes, without parsing it. */
export class SameRequests {
  readonly #rules: MatchRules;
  /** By method, URL and checksum of the body. */
  readonly #recordings: ReadonlyMap<string, readonly Interaction[]>;

  constructor(recordings: readonly Interaction[], rules: MatchRules) {
    this.#rules = rules;
    this.#recordings = Map.groupBy(recordings, ({ request }) => keyOf(request));
  }

  /** Returns the first recording of a request with the same method, URL and body, if these are all that is compared. */
  find(live: RecordedRequest): Interaction | undefined {
    if (!this.#isPlain(live)) return undefined;
    return this.#recordings
      .get(keyOf(live))
      ?.find(({ request }) => this.#isPlain(request) && isSame(live, request));
  }

  /** Whether no header matters but the content type. */
  #isPlain({ headers }: RecordedRequest): boolean {
    return !headers.some(([name]) => {
      const lower = name.toLowerCase();
      return lower === "content-encoding" || this.#rules.compares(lower) !== undefined;
    });
  }
}

function keyOf({ method, url, body }: RecordedRequest): string {
  return `${method} ${body === undefined ? "" : crc32(body)} ${url}`;
}

function isSame(one: RecordedRequest, other: RecordedRequest): boolean {
  return (
    headerOf(one.headers, "content-type") === headerOf(other.headers, "content-type") &&
    Buffer.compare(one.body ?? NO_BYTES, other.body ?? NO_BYTES) === 0
  );
}

const NO_BYTES = new Uint8Array();
