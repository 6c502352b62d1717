import type { CommandOptions } from "./command.ts";

/** Options of every command that reads cassettes of a project. */
export const FOLDERS = {
  dir: {
    type: "list",
    value: "folder",
    help: 'a folder of cassettes; repeat it for several (default: "dir" in the Vitest config, and every folder called cassettes)',
  },
  "no-config": { type: "flag", help: "do not read the Vitest config" },
  "max-tape-bytes": {
    type: "text",
    value: "size",
    help: 'how large a cassette file may be: bytes, or "200 MiB" (default: "maxTapeBytes" in the Vitest config, or 64 MiB)',
  },
} as const satisfies CommandOptions;

/** Options of every command. */
export const GENERAL = {
  help: { type: "flag", help: "print this" },
  version: { type: "flag", help: "print the version of this package" },
} as const satisfies CommandOptions;

export const JSON_OUTPUT = { json: { type: "flag", help: "print JSON" } } as const satisfies CommandOptions;
