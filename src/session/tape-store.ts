/** Where tapes are kept, as the session layer needs it. `undefined` and `false` mean that there is none. */
export interface TapeStore {
  exists(file: string): boolean;
  /** Reads and parses a file, once for each state of it. */
  load<T>(file: string, parse: (text: string) => T): T | undefined;
  /** Runs `work` while nobody else, in this process or another, does so for the same file. */
  exclusively<T>(file: string, work: () => Promise<T>): Promise<T>;
  /** Replaces the file whole and at once, or leaves it as it was. */
  write(file: string, text: string): Promise<void>;
  /** Writes `<name>.failed.yaml` beside the file, and gives its path. */
  writeFailed(file: string, text: string): Promise<string>;
  removeFailed(file: string): Promise<void>;
}
