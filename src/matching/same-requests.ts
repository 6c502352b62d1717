import { Buffer } from "node:buffer";
import { crc32 } from "node:zlib";
import type { Interaction, RecordedRequest } from "../cassette/model.ts";
import { headerOf } from "../http/headers.ts";
import type { MatchRules } from "./rules.ts";
import { PLACEHOLDER_WORD } from "./secrets.ts";

const NONE: readonly Interaction[] = [];
const NO_BYTES = new Uint8Array();

/** Finds the recordings of a request by its bytes, without parsing them. */
export class SameRequests {
  readonly #rules: MatchRules;
  /** By method, URL and checksum of the body. */
  readonly #recordings: ReadonlyMap<string, readonly Interaction[]>;
  /** By the first of each list. */
  readonly #same = new Map<Interaction, readonly Interaction[]>();

  constructor(recordings: readonly Interaction[], rules: MatchRules) {
    this.#rules = rules;
    this.#recordings = Map.groupBy(recordings, ({ request }) => keyOf(request));
  }

  /**
   * Returns the recordings with the method, URL and body of a request, in the order of the tape, if these are all that is
   * compared. The list is the same one each time.
   */
  of(live: RecordedRequest): readonly Interaction[] {
    if (!this.#isPlain(live)) return NONE;
    const candidates = this.#recordings.get(keyOf(live));
    const first = candidates?.find(({ request }) => isSame(live, request));
    if (candidates === undefined || first === undefined) return NONE;
    let same = this.#same.get(first);
    if (same === undefined) {
      same = mentionsPlaceholder(first.request)
        ? NONE
        : candidates.filter(({ request }) => this.#isPlain(request) && isSame(live, request));
      this.#same.set(first, same);
    }
    return same;
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

/** Whether placeholders may tell this request apart from others, in whatever way they are written. */
function mentionsPlaceholder({ url, body = NO_BYTES }: RecordedRequest): boolean {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return url.includes(PLACEHOLDER_WORD) || bytes.includes(PLACEHOLDER_WORD);
}
