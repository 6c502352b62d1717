/** Counts the users of something. When the last one lets go, it is saved. */
export class SharedUse<Saved> {
  readonly #save: () => Promise<Saved>;
  readonly #onUnused: () => void;
  #users = 0;
  #saves = 0;
  #saving: Promise<unknown> = Promise.resolve();

  /** @param onUnused called when nobody uses it any more, and it is saved */
  constructor(save: () => Promise<Saved>, onUnused: () => void) {
    this.#save = save;
    this.#onUnused = onUnused;
  }

  /** Whether somebody uses it, or it is being saved. */
  get isActive(): boolean {
    return this.#users > 0 || this.#saves > 0;
  }

  begin(): void {
    this.#users++;
  }

  /**
   * Ends a use. The last one saves.
   *
   * @returns what saving returned; `undefined` while others use it
   * @throws what saving threw
   */
  async end(): Promise<Saved | undefined> {
    this.#users--;
    if (this.#users > 0) return undefined;
    this.#saves++;
    // Somebody may use it again, and let go, while it is being saved.
    const saving = this.#saving.then(() => this.#save());
    this.#saving = saving.catch(() => {
      // Whoever let go gets the error.
    });
    try {
      return await saving;
    } finally {
      this.#saves--;
      if (!this.isActive) this.#onUnused();
    }
  }
}
