import { execFileSync } from "node:child_process";
import { createWorkspace, type Workspace } from "./command.ts";

/** Runs git in a folder, without the settings of this machine. */
export function git(root: string, ...args: readonly string[]): string {
  const identity = [
    "-c",
    "user.name=Ada",
    "-c",
    "user.email=ada@example.test",
    "-c",
    "init.defaultBranch=main",
  ];
  return execFileSync("git", [...identity, ...args], {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** A git repository in which these files are committed. */
export function createRepository(files: Readonly<Record<string, string>>): Workspace {
  const workspace = createWorkspace(files);
  git(workspace.root, "init", "-q");
  commit(workspace.root);
  return workspace;
}

export function commit(root: string): void {
  git(root, "add", "-A");
  git(root, "commit", "-q", "--allow-empty", "-m", "cassettes");
}
