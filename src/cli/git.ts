import { Buffer } from "node:buffer";
import { execFile } from "node:child_process";
import { join, resolve } from "node:path";
import { CassetteError } from "../cassette/errors.ts";
import { systemCode } from "../storage/storage-error.ts";
import { UsageError } from "./usage-error.ts";

const MAX_OUTPUT = 1024 ** 3;

/** A file that differs from a commit. */
export interface ChangedFile {
  /** Absolute. */
  readonly path: string;
  readonly status: "added" | "changed" | "deleted";
}

/** A git repository on this machine. */
export class Repository {
  /** Absolute path of its work tree. */
  readonly root: string;

  private constructor(root: string) {
    this.root = root;
  }

  /** @throws CassetteError if there is no repository, or no git */
  static async at(directory: string): Promise<Repository> {
    const { code, out } = await git(directory, ["rev-parse", "--show-toplevel"]);
    if (code !== 0) {
      throw new CassetteError(
        "CASSETTE_GIT",
        `Failed to compare with git: ${directory} is not in a git repository.\nName two cassettes: vitest-cassette diff <before> <after>`,
      );
    }
    return new Repository(resolve(out.toString().replace(/\n$/, "")));
  }

  /**
   * Returns the commit to compare with: where the current branch left `revision`.
   *
   * @throws UsageError if there is none
   */
  async baseOf(revision: string): Promise<string> {
    const { code } = await this.#git(["rev-parse", "--verify", "--quiet", `${revision}^{commit}`, "--"]);
    if (code !== 0) {
      const next =
        revision === "HEAD"
          ? "Commit your cassettes first, or name two: vitest-cassette diff <before> <after>"
          : `Name a branch, tag or commit, and fetch it first: git fetch origin ${revision.replace(/^origin\//, "")}`;
      const why = revision === "HEAD" ? "nothing is committed yet" : `there is no commit "${revision}"`;
      throw new UsageError(`Failed to compare with git: ${why}.\n${next}`);
    }
    const base = await this.#git(["merge-base", revision, "HEAD"]);
    if (base.code !== 0) {
      throw new UsageError(
        `Failed to compare with git: "${revision}" and HEAD have no common commit here.\n` +
          "Fetch the whole history (git fetch --unshallow, or fetch-depth: 0 in actions/checkout).",
      );
    }
    return base.out.toString().trim();
  }

  /** Lists files below these paths that differ from a commit, staged or not; files that git does not know count as added. */
  async changedSince(commit: string, paths: readonly string[]): Promise<readonly ChangedFile[]> {
    const changed = await this.#list(["diff", "--name-status", "--no-renames", "-z", commit, "--", ...paths]);
    const others = ["ls-files", "--others", "--exclude-standard", "--full-name", "-z", "--"];
    const unknown = await this.#list([...others, ...paths]);
    const files = new Map<string, ChangedFile>();
    for (let index = 0; index + 1 < changed.length; index += 2) {
      const [letter, path] = [changed[index] as string, join(this.root, changed[index + 1] as string)];
      files.set(path, { path, status: letter === "A" ? "added" : letter === "D" ? "deleted" : "changed" });
    }
    for (const path of unknown.map((each) => join(this.root, each))) {
      // A file that left the index, but not the folder, is in both lists.
      files.set(path, { path, status: files.has(path) ? "changed" : "added" });
    }
    return [...files.values()].sort((one, other) => (one.path < other.path ? -1 : 1));
  }

  /** Reads a file as it is in a commit; `undefined` if it is not in it. `path` is relative to the root, with `/`. */
  async read(commit: string, path: string): Promise<Buffer | undefined> {
    const { code, out } = await this.#git(["cat-file", "blob", `${commit}:${path}`]);
    return code === 0 ? out : undefined;
  }

  async #list(args: readonly string[]): Promise<readonly string[]> {
    const { code, out, error } = await this.#git(args);
    if (code !== 0) {
      throw new CassetteError("CASSETTE_GIT", `Failed to compare with git: git ${args[0]}: ${error.trim()}`);
    }
    return out.toString().split("\0").slice(0, -1);
  }

  #git(args: readonly string[]): Promise<GitResult> {
    return git(this.root, args);
  }
}

interface GitResult {
  readonly code: number;
  readonly out: Buffer;
  readonly error: string;
}

function git(directory: string, args: readonly string[]): Promise<GitResult> {
  return new Promise((done, fail) => {
    const options = { cwd: directory, encoding: "buffer", maxBuffer: MAX_OUTPUT } as const;
    execFile("git", ["--no-optional-locks", ...args], options, (error, out, problem) => {
      if (systemCode(error) === "ENOENT") {
        fail(
          new CassetteError(
            "CASSETTE_GIT",
            "Failed to compare with git: the command git is not installed.\nInstall it, or name two cassettes: vitest-cassette diff <before> <after>",
            { cause: error },
          ),
        );
        return;
      }
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
      done({ code, out: Buffer.from(out), error: problem.toString() });
    });
  });
}
