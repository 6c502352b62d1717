/**
 * Where cassettes are kept. Files are absolute paths inside the folder of cassettes; a file that is missing
 * is `undefined` or `false`, never an error.
 */
export interface CassetteStore {
  /** @throws StorageError for what is no file: nothing could be recorded over it */
  exists(file: string): boolean;
  /** The whole text. */
  read(file: string): string | undefined;
  /** What `parse` makes of the text, once for each state of the file in this worker. */
  load<T>(file: string, parse: (text: string) => T): T | undefined;
  /** Replaces the file whole and at once, or leaves it as it was. */
  write(file: string, text: string): Promise<void>;
  /** Writes `<name>.failed.yaml` beside the file, and gives its path. */
  writeFailed(file: string, text: string): Promise<string>;
  removeFailed(file: string): Promise<void>;
  /** Renames a file over another one, which may be there or not. */
  move(from: string, to: string): Promise<void>;
  /** Runs `work` while nobody else does so for this file, in this process or in another on this machine. */
  exclusively<T>(file: string, work: () => Promise<T>): Promise<T>;
}
