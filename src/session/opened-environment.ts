import { envFiles } from "../redaction/env-files.ts";
import { isWrittenPlainly } from "../redaction/plain-name.ts";

/** The environment when a cassette opened. The test may change it later. */
export interface OpenedEnvironment {
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** All values in one text, with those of `.env` files; `undefined` if one of them is encoded. */
  readonly text: string | undefined;
}

let last: OpenedEnvironment | undefined;

/** Keeps the environment as it is now. Returns the same object as before if it has not changed. */
export function openedEnvironment(env: NodeJS.ProcessEnv, folder: string): OpenedEnvironment {
  const variables = { ...env };
  if (last !== undefined && areEqual(last.variables, variables)) return last;
  const values = [variables, ...envFiles(folder)]
    .flatMap((each) => Object.values(each))
    .filter((value) => value !== undefined);
  last = { variables, text: values.every(isWrittenPlainly) ? values.join("\n") : undefined };
  return last;
}

function areEqual(a: OpenedEnvironment["variables"], b: OpenedEnvironment["variables"]): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
