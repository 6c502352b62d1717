import type { RecordedProcess } from "./model.ts";

const WIDTH = 96;

/** Shows a process on one line, as one would type it: `git log -1`. */
export function commandLine(process: Pick<RecordedProcess, "command" | "args" | "shell">): string {
  const line = fullCommandLine(process);
  return line.length <= WIDTH ? line : `${line.slice(0, WIDTH)}...`;
}

/** The same without a limit. */
export function fullCommandLine({
  command,
  args = [],
  shell,
}: Pick<RecordedProcess, "command" | "args" | "shell">): string {
  return (
    shell ?? [command, ...args.map((arg) => (/^[^\s"']+$/.test(arg) ? arg : JSON.stringify(arg)))].join(" ")
  );
}
