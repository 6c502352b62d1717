import { CassetteError } from "../cassette/errors.ts";
import type { Redactor } from "../redaction/redactor.ts";
import { explicitCassetteFile } from "../storage/names.ts";

/**
 * The file of a cassette that was named by hand, relative to the folder of cassettes.
 *
 * @throws StorageError `CASSETTE_NAME_INVALID` for a name that is no file's, CassetteError of the same code for one
 * with a secret in it: the name of a file is committed too
 */
export function namedFile(name: string, redactor: Redactor): string {
  const file = explicitCassetteFile(name);
  const shown = redactor.redactName(name);
  if (shown === name) return file;
  throw new CassetteError(
    "CASSETTE_NAME_INVALID",
    `Failed to name a cassette ${JSON.stringify(shown)}: a secret is part of that name, and files are committed with their names.\nName it by words: useCassette("chat/tells a joke").`,
  );
}
