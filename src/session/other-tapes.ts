import { dirname, posix, relative, sep } from "node:path";
import type { OtherTape, OtherTapes } from "../diagnosis/find-in-other-tapes.ts";
import { listCassettes } from "../storage/list-cassettes.ts";
import { failedFile } from "../storage/names.ts";
import { acceptFailedCommand } from "./saved-message.ts";
import type { TapeStore } from "./tape-store.ts";

/** Returns all tapes of a folder but one. */
export function otherTapes(
  {
    file,
    folder,
    dir,
  }: {
    readonly file: string;
    /** Absolute path of the folder of cassettes. */
    readonly folder: string;
    /** The same as messages show it. */
    readonly dir: string;
  },
  store: TapeStore,
): OtherTapes {
  return {
    *list(): Generator<OtherTape> {
      const seen = new Set([file]);
      // A renamed test leaves its old tape beside the new one.
      for (const start of new Set([dirname(file), folder])) {
        for (const other of listCassettes(start)) {
          if (seen.has(other.file)) continue;
          seen.add(other.file);
          yield {
            shownFile: posix.join(dir, relative(folder, other.file).split(sep).join("/")),
            bytes: other.bytes,
            read: (mention) => store.peek(other.file, mention),
          };
        }
      }
    },
    failed: {
      get acceptCommand() {
        return acceptFailedCommand(file);
      },
      read: (mention) => store.peek(failedFile(file), mention),
    },
  };
}
