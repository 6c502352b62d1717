import type { BodyToStore, CassetteStore } from "../storage/cassette-store.ts";

/** The bodies of one tape that were put into files in this run. */
export class TapeBodies {
  readonly #begin: () => BodyToStore;
  readonly #begun: BodyToStore[] = [];

  constructor(files: Pick<CassetteStore, "storeBody">, file: string) {
    this.#begin = () => files.storeBody(file);
  }

  /** @throws StorageError `CASSETTE_WRITE_FAILED` */
  begin(): BodyToStore {
    const body = this.#begin();
    this.#begun.push(body);
    return body;
  }

  get all(): readonly BodyToStore[] {
    return this.#begun;
  }

  /** Removes those to which the tape does not refer. */
  discard(): void {
    for (const body of this.#begun.splice(0)) body.discard();
  }
}
