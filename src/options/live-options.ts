import type { LiveOptions, ProjectOptions } from "./options.ts";
import { CassetteOptionsError } from "./options-error.ts";

/**
 * Returns the options of the live view; `undefined` if it is off. `VITEST_CASSETTE_LIVE` wins over the option.
 *
 * @throws CassetteOptionsError for an invalid value of the variable
 */
export function resolveLive(
  given: ProjectOptions["live"],
  { VITEST_CASSETTE_LIVE: variable = "" }: Readonly<Record<string, string | undefined>>,
): LiveOptions | undefined {
  const options = given === undefined || typeof given === "boolean" ? {} : given;
  switch (variable) {
    case "":
      return given === undefined || given === false ? undefined : options;
    case "0":
    case "false":
      return undefined;
    case "1":
    case "true":
      return options;
  }
  const port = Number(variable);
  if (/^\d+$/.test(variable) && isPort(port)) return { ...options, port };
  throw new CassetteOptionsError("the environment", [
    `VITEST_CASSETTE_LIVE is '${variable}', but must be unset, '1' or 'true' for the live view, '0' or 'false' for none, or a port.`,
  ]);
}

export function isPort(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 65_535;
}
