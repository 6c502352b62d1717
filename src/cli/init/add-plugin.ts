import { topLevelKeys } from "./top-level-keys.ts";

/** A config with the plugin, or why it has to be added by hand. */
export type PluginAdded =
  | { readonly kind: "added" | "there"; readonly text: string }
  | { readonly kind: "by-hand"; readonly why: string };

const OBJECT = /^export default (?:define(?:Config|Project)\(\s*)?\{/gm;

/**
 * Adds the plugin to a Vitest config, if that is an object literal as most are: `export default defineConfig({ ... })`.
 * Never guesses.
 */
export function addPlugin(text: string): PluginAdded {
  if (/['"]vitest-cassette\/plugin['"]/.test(text)) return { kind: "there", text };
  const objects = [...text.matchAll(OBJECT)];
  const [object] = objects;
  if (object === undefined || objects.length > 1) return byHand("it is not one plain object");
  const brace = object.index + object[0].length - 1;
  const found = topLevelKeys(text, brace);
  if (found === undefined) return byHand("it has code that init does not read");
  if (/\b(?:projects|workspace)\s*:/.test(text)) {
    return byHand("it has projects: each of them needs the plugin, or extends: true");
  }
  if (/\bbrowser\s*:/.test(text)) return byHand("it has browser mode, which cassettes do not support");
  const { keys, hasSpread } = found;
  if (!keys.has("plugins")) {
    return hasSpread
      ? byHand("it spreads another object, which may have plugins")
      : { kind: "added", text: withImport(withField(text, brace)) };
  }
  const bracket = /\s*\[/y;
  bracket.lastIndex = keys.get("plugins") ?? text.length;
  if (bracket.exec(text) === null) return byHand("its plugins are not a list");
  return { kind: "added", text: withImport(withItem(text, bracket.lastIndex)) };
}

function byHand(why: string): PluginAdded {
  return { kind: "by-hand", why };
}

/** Adds the plugin as the first item of the list that begins before `at`. */
function withItem(text: string, at: number): string {
  const [line] = /^[ \t]*\n[ \t]*(?=\S)/.exec(text.slice(at)) ?? [];
  const isEmpty = /^\s*\]/.test(text.slice(at));
  const item = isEmpty ? "cassette()" : line === undefined ? "cassette(), " : `${line}cassette(),`;
  return text.slice(0, at) + item + text.slice(at);
}

/** Adds `plugins` as the first field of the object that begins at `brace`. */
function withField(text: string, brace: number): string {
  const rest = text.slice(brace + 1);
  const field = "plugins: [cassette()]";
  const [line] = /^[ \t]*\n[ \t]*(?=[^\s}])/.exec(rest) ?? [];
  const isEmpty = /^\s*\}/.test(rest);
  const added = isEmpty ? ` ${field} ` : line === undefined ? ` ${field},` : `${line}${field},`;
  return text.slice(0, brace + 1) + added + (isEmpty ? rest.trimStart() : rest);
}

/** Adds the import before the first one, in its style. */
function withImport(text: string): string {
  const first = /^import\b[^'"]*(['"])[^'"]*['"](;?)/m.exec(text);
  const [quote, end] = first === null ? ['"', ";"] : [first[1] as string, first[2] as string];
  const line = `import { cassette } from ${quote}vitest-cassette/plugin${quote}${end}\n`;
  // Before the code, but after a reference to types, which has to be first.
  const at = first?.index ?? /^(?:\/\/\/[^\n]*\n|\s)*/.exec(text)?.[0].length ?? 0;
  return text.slice(0, at) + line + (first === null ? "\n" : "") + text.slice(at);
}
