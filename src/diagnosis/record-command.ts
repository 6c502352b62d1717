export interface TestAddress {
  /** The test file, relative to where the command is run. */
  readonly file: string;
  /** The names of the test's suites from the outermost on, and its own; all tests of the file without it. */
  readonly names?: readonly string[] | undefined;
}

export interface CommandContext {
  /** Vitest's `--root`, if that is another folder than the one in which the command is run. */
  readonly root?: string | undefined;
  /** Name of the Vitest project, if there are several. */
  readonly project?: string | undefined;
  /** `update`: records only what is not on the tape, and drops what is not asked for. @defaultValue `'1'` */
  readonly record?: "1" | "update" | undefined;
  /** `process.platform`. @defaultValue `'linux'` */
  readonly platform?: string | undefined;
}

/**
 * Returns the command that records the cassette of these tests, to be pasted into a shell (PowerShell on Windows).
 * Several tests are recorded together with all others of their files.
 */
export function recordCommand(
  tests: readonly TestAddress[],
  { root, project, record = "1", platform = "linux" }: CommandContext = {},
): string {
  const windows = platform === "win32";
  const quote = (word: string, always = false): string => quoteWord(word, platform, always);
  const files = new Set(tests.map(({ file }) => file));
  const parts = ["npx vitest run", ...[...files].map((file) => quote(file))];
  const patterns = new Set(tests.map(({ names }) => names && pattern(names)));
  const [only] = patterns;
  if (files.size === 1 && patterns.size === 1 && only !== undefined) parts.push("-t", quote(only, true));
  if (project !== undefined) parts.push("--project", quote(project));
  if (root !== undefined) parts.push("--root", quote(root));
  if (!windows) return `RECORD=${record} ${parts.join(" ")}`;
  // The variable stays in PowerShell: later runs would record, too.
  return `$env:RECORD=${record === "update" ? "'update'" : record}; ${parts.join(" ")}; $env:RECORD=$null`;
}

/** Whether a command from {@link recordCommand} keeps what still matches. */
export function isUpdate(command: string): boolean {
  return /\bRECORD='?update\b/.test(command);
}

/**
 * Vitest reads -t as a regular expression, which would match a part of a longer name, too. It joins names with " > ", before
 * version 5 with " "; tapes with " › ".
 */
function pattern(names: readonly string[]): string {
  return `^${names.map((name) => name.split(" › ").map(escapeRegExp).join("( [>›])? ")).join("( >)? ")}$`;
}

/** Escapes a text for use in a regular expression. */
export function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

const PLAIN = /^[\w@%+=:,./-]+$/;

/** Quotes `word` as one argument for the platform's shell, if it must be, or `always`. */
export function quoteWord(word: string, platform = "linux", always = false): string {
  if (!always && PLAIN.test(word)) return word;
  return `'${word.replaceAll("'", platform === "win32" ? "''" : "'\\''")}'`;
}
