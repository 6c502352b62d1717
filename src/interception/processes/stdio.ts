/** What a child process has for one of its file descriptors. */
export type StdioKind = "pipe" | "ipc" | "other";

/** Reads the option `stdio` as Node does. */
export function stdioKinds(stdio: unknown): readonly StdioKind[] {
  const list: unknown[] = Array.isArray(stdio) ? [...stdio] : [stdio, stdio, stdio];
  while (list.length < 3) list.push(undefined);
  return list.map((each, index) => {
    if (each === undefined || each === null) return index < 3 ? "pipe" : "other";
    if (each === "pipe" || each === "overlapped") return "pipe";
    return each === "ipc" ? "ipc" : "other";
  });
}

/** Whether there is a pipe besides stdin, stdout and stderr. */
export function hasMorePipes(stdio: unknown): boolean {
  return stdioKinds(stdio).slice(3).includes("pipe");
}
