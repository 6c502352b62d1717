import { later } from "../cassette/later.ts";
import { checkRedactOptions, type RedactContext, type RedactOptions } from "./options.ts";
import { isPlainName } from "./plain-name.ts";
import { createRedactor, type Redactor } from "./redactor.ts";

/**
 * Makes a redactor that loads the rules of redaction when there is something to redact. A replay of requests without
 * secrets never loads them.
 *
 * @param environment the values of all variables in one text, if they are written plainly
 * @throws RedactOptionsError for invalid options
 */
export function laterRedactor(
  options: RedactOptions,
  context: RedactContext,
  environment: string | undefined,
): Redactor {
  checkRedactOptions(options);
  const { values = [], patterns = [], replace, restore = false } = options;
  // The user's own texts and patterns can be in any name.
  const isOfUser = values.length > 0 || patterns.length > 0 || replace !== undefined;
  const known = isOfUser ? undefined : environment;
  const redactor = later(() => createRedactor(options, context));

  const own: Partial<Redactor> = {
    redactName: (name) =>
      known !== undefined && isPlainName(name, known) ? name : redactor.get().redactName(name),
    ...(restore ? {} : { restore: same, restoreBytes: same, restoreResult: same }),
  };
  return new Proxy(own as Redactor, {
    get: (_, key: keyof Redactor) => own[key] ?? memberOf(redactor.get(), key),
  });
}

function same<T>(value: T): T {
  return value;
}

function memberOf(redactor: Redactor, key: keyof Redactor): unknown {
  const member: unknown = redactor[key];
  return typeof member === "function" ? member.bind(redactor) : member;
}
