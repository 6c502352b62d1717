import { Buffer } from "node:buffer";
import { posix, sep } from "node:path";
import { isDeviceName, shortHash, slug } from "./slug.ts";
import { StorageError } from "./storage-error.ts";

const ENDING = ".yaml";
const FAILED = ".failed";
/** In bytes of UTF-8. File systems take 255; temporary files beside a tape have longer names than it. */
const MAX_PART_BYTES = 180;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern looks for them
const REFUSED = /[<>:"|?*\\\u0000-\u001f\u007f]/;

/**
 * Returns the file of one test's cassette, relative to the folder of cassettes, with forward slashes: the test file
 * without its ending, then the titles of its suites and its own, as a slug.
 *
 * @param testFile relative to the root of the project
 * @param titles from the outermost suite to the test
 * @example testCassetteFile("tests/chat.test.ts", ["streams", "tells a joke"])
 * // "tests/chat/streams-tells-a-joke.yaml"
 */
export function testCassetteFile(testFile: string, titles: readonly string[]): string {
  return `${stemOf(testFile)}/${slug(titles.join(" "))}${ENDING}`;
}

/** Numbers a file whose name is taken: `chat.yaml` becomes `chat-2.yaml`. */
export function numberedFile(file: string, number: number): string {
  return `${file.slice(0, -ENDING.length)}-${number}${ENDING}`;
}

/** Returns the file of the cassette that all tests of one file share. */
export function fileCassetteFile(testFile: string): string {
  return `${stemOf(testFile)}${ENDING}`;
}

/**
 * Returns the file of a cassette that a test has named: the name with `.yaml`. Slashes make folders.
 *
 * @throws StorageError `CASSETTE_NAME_INVALID` for a name that leads out of the folder of cassettes, or that some file
 * system refuses
 */
export function explicitCassetteFile(name: string): string {
  const problem = nameProblem(name);
  if (problem !== undefined) {
    throw new StorageError(
      "CASSETTE_NAME_INVALID",
      name,
      `Failed to name a cassette ${JSON.stringify(name)}: ${problem}.\nUse words, with slashes for folders: useCassette("chat/tells a joke").`,
    );
  }
  return `${name.normalize("NFC")}${ENDING}`;
}

/** Returns the same key for two names that are one file on a file system that ignores case or the form of accents. */
export function cassetteKey(file: string): string {
  return file.normalize("NFC").toLowerCase().normalize("NFC");
}

/** Turns `chat.yaml` into `chat.failed.yaml`. */
export function failedFile(file: string): string {
  return `${file.endsWith(ENDING) ? file.slice(0, -ENDING.length) : file}${FAILED}${ENDING}`;
}

const BODIES = ".bodies";

/** Returns the name of the folder for body files beside a tape: `chat.bodies` for `chat.yaml` and `chat.failed.yaml`. */
export function bodiesFolder(file: string): string {
  const name = posix.basename(tapeOfFailed(file) ?? file, ENDING);
  return `${sep === "\\" ? name.replace(/^.*\\/, "") : name}${BODIES}`;
}

export function isBodiesFolder(name: string): boolean {
  return name.endsWith(BODIES);
}

/** Turns `chat.failed.yaml` into `chat.yaml`; `undefined` if the file is not the recording of a failed test. */
export function tapeOfFailed(file: string): string | undefined {
  const ending = `${FAILED}${ENDING}`;
  return file.endsWith(ending) ? `${file.slice(0, -ending.length)}${ENDING}` : undefined;
}

function nameProblem(name: string): string | undefined {
  if (typeof name !== "string" || name.trim() === "") return "a name must be a string that is not empty";
  if (name.includes("\0")) return "it contains a NUL character";
  if (!name.isWellFormed()) return "it contains half of a surrogate pair";
  if (/^(?:[/\\]|[a-z]:)/i.test(name)) return "it is an absolute path, and cassettes stay in their folder";
  if (/(?:^|[/\\])\.\.?(?:[/\\]|$)/.test(name)) {
    return 'it contains "." or "..", and cassettes stay in their folder';
  }
  const refused = REFUSED.exec(name)?.[0];
  if (refused !== undefined)
    return `it contains the character ${JSON.stringify(refused)}, which Windows refuses`;
  if (/\.ya?ml$/i.test(name)) return "the ending is added automatically";
  if (name.toLowerCase().endsWith(FAILED)) return `"${FAILED}" marks recordings of failed tests`;
  for (const part of name.split("/")) {
    if (part === "") return "a part between its slashes is empty";
    if (/^\s|[\s.]$/.test(part))
      return `its part ${JSON.stringify(part)} begins or ends with a space, or ends with a dot`;
    if (isDeviceName(part)) return `its part ${JSON.stringify(part)} is a device on Windows`;
    if (Buffer.byteLength(part) > MAX_PART_BYTES)
      return `a part of it is longer than ${MAX_PART_BYTES} bytes`;
  }
  return undefined;
}

/** Returns the folder for a test file: its path without the ending, in names that every file system accepts. */
function stemOf(testFile: string): string {
  const path = posix.normalize(sep === "\\" ? testFile.replaceAll("\\", "/") : testFile);
  const stem = path.replace(/(?:\.(?:test|spec))?\.[cm]?[jt]sx?$/i, "");
  return stem
    .replace(/^[a-z]:/i, "")
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .map(folderName)
    .join("/");
}

function folderName(part: string): string {
  // The cassettes of a test file above the root stay in the folder of cassettes, too.
  if (part === "..") return "__";
  const name = part
    .toWellFormed()
    .normalize("NFC")
    .replace(new RegExp(REFUSED, "g"), "-")
    .replace(/[\s.]+$/, "")
    .replace(/\.failed$/i, "-failed");
  if (name === "") return `test-${shortHash(part)}`;
  if (Buffer.byteLength(name) > MAX_PART_BYTES)
    return `${[...name].slice(0, 40).join("")}-${shortHash(part)}`;
  return isDeviceName(name) ? `_${name}` : name;
}
