import { CassetteError } from "../cassette/errors.ts";
import type { ProviderProfile } from "../providers/profile.ts";
import { AllowList } from "./allow-list.ts";

/** What to remove besides the secrets that are always removed. Redaction cannot be turned off. */
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
   * Texts that are secret wherever they are. At least 4 characters each.
   *
   * @defaultValue `[]`
   */
  readonly values?: readonly string[] | undefined;
  /**
   * Shapes of texts that are secret wherever they are. The whole match is removed, or only the group named `secret` if
   * the expression has one.
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
   * What looks like a secret and is none: a text (`"sk-example-000"`), a shape between slashes (`"/^sk-example-/"`), or a
   * path (`"response.body.**.encrypted_content"`, `"request.headers.x-trace"`). Shapes and paths do not allow keys of a
   * known vendor: name the text. Nothing allows a value of the environment's credentials.
   *
   * @defaultValue `[]`
   */
  readonly allow?: readonly string[] | undefined;
}

/** What redaction knows of the machine and of the providers. */
export interface RedactContext {
  /** The environment whose credentials are secret: `process.env`. Read when the redactor is made, and on `refresh()`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The project's folder. The `.env` files in it are read as the environment is. */
  readonly folder?: string | undefined;
  readonly profiles: readonly ProviderProfile[];
  /**
   * Names of request headers to keep besides those that are always kept (those that are compared, `match.headers`). A
   * trailing `*` stands for any ending. If one holds a secret, it is kept with a placeholder for its value.
   *
   * @defaultValue `[]`
   */
  readonly keepHeaders?: readonly string[] | undefined;
}

/** Thrown for an option of redaction that cannot be followed. */
export class RedactOptionsError extends CassetteError {
  override readonly name: string = "RedactOptionsError";

  constructor(message: string, options?: ErrorOptions) {
    super("CASSETTE_REDACT_OPTION", message, options);
  }
}

/** A shorter value would be found in the middle of words. */
const SHORTEST_VALUE = 4;

/** @throws RedactOptionsError for values that are too short, and entries of `allow` that cannot be read */
export function checkRedactOptions({ values = [], allow = [] }: RedactOptions): void {
  const short = values.filter((value) => value.length < SHORTEST_VALUE).length;
  if (short > 0) {
    throw new RedactOptionsError(
      `Failed to read redact.values: ${short} of ${values.length} are shorter than ${SHORTEST_VALUE} characters, and would be found in the middle of words. Name a field or a shape instead: redact.fields, redact.patterns.`,
    );
  }
  for (const entry of allow) {
    try {
      new AllowList([entry]);
    } catch (cause) {
      const { message } = cause as Error;
      const why = message.startsWith("Invalid regular expression")
        ? `${entry} is no regular expression (${message})`
        : message;
      throw new RedactOptionsError(
        `Failed to read redact.allow: ${why}. Expected a text, a path ("**.encrypted_content") or a shape between slashes.`,
        { cause },
      );
    }
  }
}
