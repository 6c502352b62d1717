import type { MatchPath } from "./path.ts";

/**
 * A request as the functions in `match` see it: decompressed, parsed, with `<redacted>` for every secret. What
 * `normalize` returns is compared and never stored.
 */
export interface ComparedRequest {
  readonly method: string;
  /** Absolute URL. */
  readonly url: string;
  /** By lower-case name. The values of a repeated header are joined by `", "`. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * A JSON body is its value. A form or multipart body is an object by field name, with a list of values for a
   * repeated field. Text is a string, other bytes are a `Uint8Array`, and no body is `undefined`.
   */
  readonly body: unknown;
}

/** How two requests are compared. The rules only affect the comparison: a new rule needs no new recording. */
export interface MatchOptions {
  /**
   * Parts of the request to ignore: `metadata.run`, `messages[*].id`, `**.trace_id`, `["odd name"]`.
   * {@link MatchPath} has the syntax. A path leads into the body, unless it starts with `query.` or `headers.`. Use
   * `body.` if the body's own first field is called `query`, `headers` or `body`.
   *
   * @defaultValue `[]`
   */
  readonly ignore?: readonly MatchPath[] | undefined;
  /**
   * Names of request headers to compare as well. A trailing `*` matches any ending.
   *
   * @defaultValue `[]`
   */
  readonly headers?: readonly string[] | undefined;
  /**
   * Changes a request before it is compared; called for the live one and for each recorded one. It gets a copy,
   * which it may change in place, and returns the request to compare. Requests that then differ only in
   * secrets are equal.
   *
   * @defaultValue none
   */
  readonly normalize?: ((request: ComparedRequest) => ComparedRequest) | undefined;
  /**
   * Replaces the comparison: returns whether a recording answers a live request. It is called for recordings of
   * the same method, origin and path, in the order of the cassette.
   *
   * @defaultValue none
   */
  readonly by?: ((live: ComparedRequest, recorded: ComparedRequest) => boolean) | undefined;
}
