import type { ResolvedOptions } from "../options/options.ts";
import { FileStore } from "../storage/file-store.ts";
import { cassetteKey } from "../storage/names.ts";
import { OpenTape, type OpenTapeSettings } from "./open-tape.ts";
import { TapeStore } from "./tape-store.ts";
import { workerState } from "./worker-state.ts";

/** Returns the tapes of a folder, given by its absolute path. */
export function tapeStore(
  folder: string,
  { maxTapeBytes, maxInlineBytes }: Pick<ResolvedOptions, "maxTapeBytes" | "maxInlineBytes">,
): TapeStore {
  const { stores, settings } = workerState();
  const { runStarted } = settings;
  const key = `${runStarted} ${maxTapeBytes} ${maxInlineBytes} ${folder}`;
  let store = stores.get(key);
  if (store === undefined) {
    const files = new FileStore({ folder, maxFileBytes: maxTapeBytes });
    store = new TapeStore(files, { runStarted, maxTapeBytes, maxInlineBytes });
    stores.set(key, store);
  }
  return store;
}

/**
 * Opens a tape, or returns the one that is open: it has one writer in this worker.
 *
 * @throws StorageError if something else than a file has that name
 */
export function openTape(settings: Omit<OpenTapeSettings, "onReleased">): OpenTape {
  const { tapes, notes } = workerState();
  const key = cassetteKey(settings.file);
  const open = tapes.get(key);
  const isOpen = open?.inUse === true;
  const tape = isOpen ? open : OpenTape.open({ ...settings, onReleased: () => void tapes.delete(key) });
  tapes.set(key, tape);
  // Opening it again later in the file adds to the same note.
  tape.note = notes.get(settings.file) ?? tape.note;
  notes.set(settings.file, tape.note);
  return tape;
}
