import { CassetteError } from "../cassette/errors.ts";
import type { ProviderProfile } from "../providers/profile.ts";
import { AllowList } from "./allow-list.ts";

/** What to remove in addition to the secrets that are always removed. Redaction cannot be turned off. */
export interface RedactOptions {
  /**
   * Names of headers whose values are removed, in requests and responses.
   *
   * @defaultValue `[]`
   */
  readonly headers?: readonly string[] | undefined;
  /**
   * Names of fields in JSON, form and multipart bodies, at any depth. Compared word by word: `ssn` also matches
   * `userSsn` and `user_ssn`, but not `ssnCount`.
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
   * Texts that are secret wherever they occur. At least 4 characters each.
   *
   * @defaultValue `[]`
   */
  readonly values?: readonly string[] | undefined;
  /**
   * Patterns that are secret wherever they match. Removes the whole match, or only the group named `secret` if the
   * pattern has one.
   *
   * @defaultValue `[]`
   */
  readonly patterns?: readonly RegExp[] | undefined;
  /**
   * Called with every text that is about to be written, decoded and without secrets. Returns what to write instead.
   *
   * @defaultValue none
   */
  readonly replace?: ((text: string) => string) | undefined;
  /**
   * Whether a replay puts the environment's values back in place of their placeholders.
   *
   * @defaultValue `false`
   */
  readonly restore?: boolean | undefined;
  /**
   * False positives to keep: a text (`"sk-example-000"`), a pattern between slashes (`"/^sk-example-/"`), or a path
   * (`"response.body.**.encrypted_content"`, `"request.headers.x-trace"`). Patterns and paths never allow a known kind of
   * key: use its text. Nothing allows a value of the environment's credentials.
   *
   * @defaultValue `[]`
   */
  readonly allow?: readonly string[] | undefined;
}

/** What redaction knows about the machine and the providers. */
export interface RedactContext {
  /** The environment whose credentials are secret: `process.env`. Read when the redactor is made, and on `refresh()`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The same as it was before, if that was kept. What was a secret then is one still. */
  readonly before?: Readonly<Record<string, string | undefined>> | undefined;
  /** The project's folder. Its `.env` files count as environment. */
  readonly folder?: string | undefined;
  readonly profiles: readonly ProviderProfile[];
  /**
   * Names of request headers to keep in addition to the default ones (those that `match.headers` compares). A
   * trailing `*` matches any ending. If one contains a secret, it is kept with a placeholder for its value.
   *
   * @defaultValue `[]`
   */
  readonly keepHeaders?: readonly string[] | undefined;
}

/** An invalid option of redaction. */
export class RedactOptionsError extends CassetteError {
  override readonly name: string = "RedactOptionsError";

  constructor(message: string, options?: ErrorOptions) {
    super("CASSETTE_REDACT_OPTION", message, options);
  }
}

/** A shorter value would match inside words. */
const SHORTEST_VALUE = 4;

/** @throws RedactOptionsError for values that are too short, and entries of `allow` that cannot be read */
export function checkRedactOptions({ values = [], allow = [] }: RedactOptions): void {
  const short = values.filter((value) => value.length < SHORTEST_VALUE).length;
  if (short > 0) {
    throw new RedactOptionsError(
      `Failed to read redact.values: ${short} of ${values.length} are shorter than ${SHORTEST_VALUE} characters, and would match inside words. Use redact.fields or redact.patterns instead.`,
    );
  }
  for (const entry of allow) {
    try {
      new AllowList([entry]);
    } catch (cause) {
      const { message } = cause as Error;
      const why = message.startsWith("Invalid regular expression")
        ? `${entry} is not a regular expression (${message})`
        : message;
      throw new RedactOptionsError(
        `Failed to read redact.allow: ${why}. Expected a text, a path ("**.encrypted_content") or a pattern between slashes.`,
        { cause },
      );
    }
  }
}
