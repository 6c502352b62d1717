export interface TestAddress {
  /** The test files, relative to where the command is run. */
  readonly files: readonly string[];
  /** The names of the test's suites from the outermost on, and its own. */
  readonly names?: readonly string[] | undefined;
  /** `process.platform`. @defaultValue `'linux'` */
  readonly platform?: string | undefined;
}

/** The command that records the cassette of one test, or of whole files, to be pasted into a shell (PowerShell on Windows). */
export function recordCommand({ files, names, platform = "linux" }: TestAddress): string {
  const windows = platform === "win32";
  const quote = windows ? quoteForPowerShell : quoteForShell;
  const parts = ["npx vitest", ...files.map((file) => quote(file))];
  if (names !== undefined) parts.push("-t", quote(names.map(escapeRegExp).join(BETWEEN_NAMES), true));
  return `${windows ? "$env:RECORD=1; " : "RECORD=1 "}${parts.join(" ")}`;
}

/** Vitest reads -t as a regular expression over the names, between which it puts " > ", and before 5 a blank. */
const BETWEEN_NAMES = "( >)? ";

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
