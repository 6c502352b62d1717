import type { ParseArgsConfig } from "node:util";

type Options = NonNullable<ParseArgsConfig["options"]>;

const GENERAL = {
  dir: { type: "string", multiple: true },
  "no-config": { type: "boolean" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean" },
} as const satisfies Options;

/** Rules for secrets in addition to the built-in ones. */
const RULES = {
  field: { type: "string", multiple: true },
  header: { type: "string", multiple: true },
  query: { type: "string", multiple: true },
  pattern: { type: "string", multiple: true },
  allow: { type: "string", multiple: true },
} as const satisfies Options;

/** The options of each command, and how many names it takes. */
export const COMMANDS = {
  ls: { names: 0, options: { ...GENERAL, json: { type: "boolean" } } },
  show: { names: 1, options: { ...GENERAL, full: { type: "boolean" }, json: { type: "boolean" } } },
  check: {
    names: 0,
    options: {
      ...GENERAL,
      ...RULES,
      secrets: { type: "boolean" },
      fix: { type: "boolean" },
      json: { type: "boolean" },
    },
  },
} as const satisfies Readonly<Record<string, { readonly names: number; readonly options: Options }>>;

export type CommandName = keyof typeof COMMANDS;

export const COMMAND_NAMES = Object.keys(COMMANDS) as readonly CommandName[];

export function isCommandName(word: string): word is CommandName {
  return Object.hasOwn(COMMANDS, word);
}
