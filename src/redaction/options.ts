import { CassetteError } from "../cassette/errors.ts";
import type { ProviderProfile } from "../providers/profile.ts";

/** What is removed beyond what always is. It adds, and cannot be turned off. */
export interface RedactOptions {
  /**
   * Names of headers whose values are removed, in requests and responses.
   *
   * @defaultValue `[]`
   */
  readonly headers?: readonly string[] | undefined;
  /**
   * Names of fields in JSON, form and multipart bodies, at any depth. Compared by segment: `ssn` is also
   * `userSsn` and `user_ssn`, and is not `ssnCount`.
   *
   * @defaultValue `[]`
   */
  readonly fields?: readonly string[] | undefined;
  /**
   * Names of query parameters, compared as `fields` are.
   *
   * @defaultValue `[]`
   */
  readonly query?: readonly string[] | undefined;
  /**
   * Texts that are secret wherever they stand. At least 4 characters each.
   *
   * @defaultValue `[]`
   */
  readonly values?: readonly string[] | undefined;
  /**
   * Shapes of texts that are secret wherever they stand. The whole match is removed, or only the group
   * named `secret` where the expression has one.
   *
   * @defaultValue `[]`
   */
  readonly patterns?: readonly RegExp[] | undefined;
  /**
   * Is given every text that is written, decoded and after all else, and returns what is written in its place.
   *
   * @defaultValue none
   */
  readonly replace?: ((text: string) => string) | undefined;
  /**
   * Whether a replay puts the environment's own value back where one of its secrets was removed.
   *
   * @defaultValue `false`
   */
  readonly restore?: boolean | undefined;
  /**
   * What looks like a secret and is none: a text (`"sk-example-000"`), a shape between slashes
   * (`"/^sk-example-/"`), or a place (`"response.body.**.encrypted_content"`, `"request.headers.x-trace"`).
   *
   * @defaultValue `[]`
   */
  readonly allow?: readonly string[] | undefined;
}

/** What redaction knows of the machine and of the providers. */
export interface RedactContext {
  /** The environment whose credentials are secret: `process.env`. Read once, when the redactor is made. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly profiles: readonly ProviderProfile[];
  /**
   * Names of request headers that are kept although the allow-list does not name them (those that are
   * compared, `match.headers`); a trailing `*` stands for any ending. One that holds a secret is kept with
   * a placeholder for its value.
   *
   * @defaultValue `[]`
   */
  readonly keepHeaders?: readonly string[] | undefined;
}

/** An option of redaction that cannot be followed. */
export class RedactOptionsError extends CassetteError {
  override readonly name: string = "RedactOptionsError";

  constructor(message: string, options?: ErrorOptions) {
    super("CASSETTE_REDACT_OPTION", message, options);
  }
}

/** A shorter value would be found in the middle of words. */
const SHORTEST_VALUE = 4;

/** @throws RedactOptionsError for values that are too short, and shapes in `allow` that cannot be read */
export function checkRedactOptions({ values = [], allow = [] }: RedactOptions): void {
  const short = values.filter((value) => value.length < SHORTEST_VALUE).length;
  if (short > 0) {
    throw new RedactOptionsError(
      `Failed to read redact.values: ${short} of ${values.length} are shorter than ${SHORTEST_VALUE} characters, and would be found in the middle of words. Name a field or a shape instead: redact.fields, redact.patterns.`,
    );
  }
  for (const entry of allow) {
    const shape = /^\/(.+)\/([a-z]*)$/s.exec(entry);
    if (shape === null) continue;
    try {
      new RegExp(shape[1] as string, shape[2]);
    } catch (cause) {
      throw new RedactOptionsError(
        `Failed to read redact.allow: ${entry} is no regular expression (${(cause as Error).message}). A text, a place ("**.encrypted_content") or a shape between slashes is expected.`,
        { cause },
      );
    }
  }
}
