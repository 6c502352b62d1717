import { isAbsolute, relative } from "node:path";
import { CassetteError } from "../cassette/errors.ts";
import { isError } from "../cassette/is-error.ts";
import { process } from "../cassette/node-process.ts";

export type StorageErrorCode =
  | "CASSETTE_NAME_INVALID"
  | "CASSETTE_FILE_OUTSIDE"
  | "CASSETTE_FILE_TOO_LARGE"
  | "CASSETTE_BODY_MISSING"
  | "CASSETTE_BODY_CHANGED"
  | "CASSETTE_READ_FAILED"
  | "CASSETTE_WRITE_FAILED";

/** A cassette file that cannot be named, read or written. */
export class StorageError extends CassetteError {
  override readonly name = "StorageError";
  /** The requested name or path. */
  readonly file: string;

  constructor(code: StorageErrorCode, file: string, message: string, options?: ErrorOptions) {
    super(code, message, options);
    this.file = file;
  }
}

/** Returns the code of a system error: `ENOENT`, `EACCES`, ...; `undefined` for other errors. */
export function systemCode(error: unknown): string | undefined {
  if (!isError(error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** Describes a system error in words, with its code. */
export function systemReason(error: unknown): string {
  const code = systemCode(error);
  const words = code === undefined ? undefined : REASONS[code];
  if (words !== undefined) return `${words} (${code})`;
  return isError(error) ? error.message : String(error);
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "operation not permitted",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  ENOENT: "there is no such file or folder",
  ENOTDIR: "part of its path is a file and not a folder",
  EISDIR: "it is a folder",
  EEXIST: "part of its path is a file and not a folder",
  ENAMETOOLONG: "its path is too long",
  ELOOP: "its path has too many links",
  EMFILE: "this process has too many files open",
  EIO: "the disk failed",
};

/** Formats a path for messages: relative to the working directory if it is below that. */
export function shownPath(path: string): string {
  const way = relative(process.cwd(), path);
  if (way === "" || way.startsWith("..") || isAbsolute(way)) return path;
  return way.replaceAll("\\", "/");
}
