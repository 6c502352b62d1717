export interface TestAddress {
  /** The test files, relative to where the command is run. */
  readonly files: readonly string[];
  /** The whole name of the test as Vitest's `-t` is held against it, names of suites included. */
  readonly name?: string | undefined;
  /** `process.platform`. @defaultValue `'linux'` */
  readonly platform?: string | undefined;
}

/** The command that records the cassette of one test, or of whole files, to be pasted into a shell (PowerShell on Windows). */
export function recordCommand({ files, name, platform = "linux" }: TestAddress): string {
  const windows = platform === "win32";
  const quote = windows ? quoteForPowerShell : quoteForShell;
  const parts = ["npx vitest", ...files.map((file) => quote(file))];
  // Vitest reads -t as a regular expression.
  if (name !== undefined) parts.push("-t", quote(escapeRegExp(name), true));
  return `${windows ? "$env:RECORD=1; " : "RECORD=1 "}${parts.join(" ")}`;
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

const PLAIN = /^[\w@%+=:,./-]+$/;

/** `word` as one argument in the platform's shell. */
export function quoteWord(word: string, platform: string = "linux"): string {
  return platform === "win32" ? quoteForPowerShell(word) : quoteForShell(word);
}

function quoteForShell(word: string, always = false): string {
  if (!always && PLAIN.test(word)) return word;
  return `'${word.replaceAll("'", "'\\''")}'`;
}

function quoteForPowerShell(word: string, always = false): string {
  if (!always && PLAIN.test(word)) return word;
  return `'${word.replaceAll("'", "''")}'`;
}
