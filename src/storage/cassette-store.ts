/**
 * Reads and writes cassette files. Files are absolute paths inside the folder of cassettes. A missing file is
 * `undefined` or `false`, never an error.
 */
export interface CassetteStore {
  /** @throws StorageError if something else than a file has that name */
  exists(file: string): boolean;
  /** Reads the whole text. */
  read(file: string): string | undefined;
  /** Identifies the present state of the file: it changes whenever somebody writes the file. */
  version(file: string): string | undefined;
  /** When the file was written, in milliseconds since the epoch. */
  writtenAt(file: string): number | undefined;
  /**
   * Replaces the file as a whole, or leaves it as it was.
   *
   * @param beforeReplacing the last chance to throw
   */
  write(file: string, text: string, beforeReplacing?: () => void): Promise<void>;
  /** Writes `<name>.failed.yaml` beside the file, and returns its path. */
  writeFailed(file: string, text: string): Promise<string>;
  removeFailed(file: string): Promise<void>;
}
