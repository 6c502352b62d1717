import type { Command } from "./command.ts";
import { check } from "./commands/check.ts";
import { diff } from "./commands/diff.ts";
import { importCommand } from "./commands/import.ts";
import { init } from "./commands/init.ts";
import { ls } from "./commands/ls.ts";
import { open } from "./commands/open.ts";
import { prune } from "./commands/prune.ts";
import { report } from "./commands/report.ts";
import { show } from "./commands/show.ts";
import { textconv } from "./commands/textconv.ts";
import { upgrade } from "./commands/upgrade.ts";
import { wire } from "./commands/wire.ts";

/** Every command, in the order in which help lists them. To add one, add a file under `commands/` and a line here. */
// biome-ignore format: one line each, so that two branches can add one.
export const COMMANDS = {
  init,
  ls,
  show,
  diff,
  report,
  open,
  check,
  import: importCommand,
  prune,
  upgrade,
  textconv,
  wire,
} as const satisfies Readonly<Record<string, Command>>;

export type CommandName = keyof typeof COMMANDS;

export const COMMAND_NAMES = Object.keys(COMMANDS) as readonly CommandName[];

export function isCommandName(word: string): word is CommandName {
  return Object.hasOwn(COMMANDS, word);
}
