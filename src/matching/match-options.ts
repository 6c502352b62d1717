import type { MatchPath } from "./path.ts";

/**
 * A request as the rules of `match` see it: decompressed, parsed, with secrets already out. What
 * `normalize` makes of it is compared and never stored.
 */
export interface ComparedRequest {
  readonly method: string;
  /** Absolute URL. */
  readonly url: string;
  /** By lower-case name; a name that was sent twice has its values joined by `", "`. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * A JSON body is its value; a form or multipart body an object by field name (a list of values where
   * the name was sent more than once); text a string; other bytes a `Uint8Array`; none `undefined`.
   */
  readonly body: unknown;
}

/** What is compared of two requests, and how. The rules only ever apply to comparing: a new rule needs no new tape. */
export interface MatchOptions {
  /**
   * What is left out, by path: `metadata.run`, `messages[*].id`, `**.trace_id`, `["odd name"]`. A path
   * is into the body, unless it begins with `query.` or `headers.`; `body.` may stand before any path
   * into the body, and must where the body's own first field is called `query`, `headers` or `body`.
   *
   * - `name` or `["name"]`: that field
   * - `[2]`: that element
   * - `*`: any one field, `[*]`: any one element
   * - `**`: any number of fields and elements, none included
   *
   * @defaultValue `[]`
   */
  readonly ignore?: readonly MatchPath[] | undefined;
  /**
   * Names of request headers that are compared as well; a trailing `*` stands for any ending.
   *
   * @defaultValue `[]`
   */
  readonly headers?: readonly string[] | undefined;
  /**
   * Brings a request to the form in which it is compared, the live one and the recorded one alike. It is
   * given a copy, and may change it in place or return another.
   *
   * @defaultValue none
   */
  readonly normalize?: ((request: ComparedRequest) => ComparedRequest) | undefined;
  /**
   * Says itself whether a recording answers a live request, in place of the comparison of this package.
   * It is asked about recordings of the same method, origin and path, in the order of the tape.
   *
   * @defaultValue none
   */
  readonly by?: ((live: ComparedRequest, recorded: ComparedRequest) => boolean) | undefined;
}
