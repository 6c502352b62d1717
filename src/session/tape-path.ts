import { CassetteError } from "../cassette/errors.ts";
import type { Redactor } from "../redaction/redactor.ts";
import { explicitCassetteFile } from "../storage/names.ts";

/**
 * Returns the file of a cassette that a test has named, relative to the folder of cassettes.
 *
 * @throws StorageError `CASSETTE_NAME_INVALID` for a name that no file can have; CassetteError of the same code for one
 * with a secret in it, because file names are committed, too
 */
export function tapePath(name: string, redactor: Redactor): string {
  const file = explicitCassetteFile(name);
  const shown = redactor.redactName(name);
  if (shown === name) return file;
  throw new CassetteError(
    "CASSETTE_NAME_INVALID",
    `Failed to name a cassette ${JSON.stringify(shown)}: the name contains a secret, and files are committed with their names.\nUse words: useCassette("chat/tells a joke").`,
  );
}
