import type { BodyReference, StoredBody } from "../cassette/stored-body.ts";

/** One body while it is written into a file of its own, beside its tape. */
export interface BodyToStore {
  /** Adds bytes, which must not change afterwards. @throws StorageError `CASSETTE_WRITE_FAILED` */
  write(bytes: Uint8Array): void;
  /** Ends the body. @param lengths the bytes of its chunks */
  end(lengths: readonly number[]): StoredBody;
  /** The body, once all of it is written. */
  readonly body: StoredBody | undefined;
  /** Removes what was written, unless a tape refers to it. */
  discard(): void;
  /** Makes it part of the tape that is about to be written. */
  place(): Promise<void>;
}

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
   * Body files to which no tape refers any more are removed.
   *
   * @param bodies those to which the text refers become part of the tape
   * @param beforeReplacing the last chance to throw
   */
  write(
    file: string,
    text: string,
    bodies?: readonly BodyToStore[],
    beforeReplacing?: () => void,
  ): Promise<void>;
  /** Writes `<name>.failed.yaml` beside the file, and returns its path. */
  writeFailed(file: string, text: string, bodies?: readonly BodyToStore[]): Promise<string>;
  /** Begins to write a body of this tape into a file of its own. @throws StorageError `CASSETTE_WRITE_FAILED` */
  storeBody(file: string): BodyToStore;
  /** Returns a body of this tape that is in a file of its own, without reading it. */
  openBody(file: string, reference: BodyReference, lengths: readonly number[]): StoredBody;
  removeFailed(file: string): Promise<void>;
}
