import childProcess, { ChildProcess } from "node:child_process";
import { basename } from "node:path";
import process from "node:process";
import { URL } from "node:url";
import { replaceProperty } from "../patched-place.ts";
import { callSite } from "../sender-site.ts";
import type { ReportUnrecorded } from "./unrecorded-traffic.ts";

/** What `ChildProcess.prototype.spawn` takes. All functions that start a process without waiting for it call it. */
interface SpawnOptions {
  readonly file?: unknown;
  readonly args?: readonly unknown[];
  readonly envPairs?: readonly string[];
}

type Method = (this: unknown, ...args: unknown[]) => unknown;

/** Reports child processes, except those whose environment leads requests to a server on this machine. */
export function watchProcesses(report: ReportUnrecorded): () => void {
  const note = (program: string, environment: readonly string[], below: Method): void => {
    if (environment.some(leadsHere)) return;
    report({ way: "process", url: `process:${program}`, site: callSite(below) });
  };

  const original = Reflect.get(ChildProcess.prototype, "spawn") as Method;
  function spawn(this: unknown, ...args: unknown[]): unknown {
    const { file, args: own, envPairs } = (args[0] ?? {}) as SpawnOptions;
    note(programOf(String(file), own), envPairs ?? [], spawn);
    return original.apply(this, args);
  }

  const undo = [
    replaceProperty(ChildProcess.prototype, "spawn", spawn),
    ...(["spawnSync", "execFileSync", "execSync"] as const).map((name) => {
      const sync = childProcess[name] as Method;
      return replaceProperty(childProcess, name, function start(this: unknown, ...args: unknown[]) {
        const options = args.find(isOptions);
        const env = options?.env ?? process.env;
        const [file, own] = args;
        note(
          name === "execSync"
            ? firstWord(String(file))
            : programOf(String(file), Array.isArray(own) ? own : []),
          Object.entries(env).map((pair) => pair.join("=")),
          start,
        );
        return sync.apply(this, args);
      });
    }),
  ];
  return () => {
    for (const each of undo.reverse()) each();
  };
}

function isOptions(value: unknown): value is { readonly env?: NodeJS.ProcessEnv } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Names the program, also behind a shell. Arguments are left out, because they can hold secrets. */
function programOf(file: string, args: readonly unknown[] = []): string {
  const at = args.indexOf("-c");
  return at !== -1 && /(?:^|\/)\w*sh$/.test(file) ? firstWord(String(args[at + 1])) : basename(file);
}

function firstWord(command: string): string {
  return basename(command.trim().split(/\s/, 1)[0] as string);
}

/** Whether a variable such as `OPENAI_BASE_URL` or `HTTPS_PROXY` names a server on this machine. */
function leadsHere(pair: string): boolean {
  const [name = "", ...rest] = pair.split("=");
  if (!/(?:_BASE_URL|_API_BASE|_ENDPOINT|_PROXY|^OLLAMA_HOST)$/i.test(name)) return false;
  const value = rest.join("=");
  const host = URL.parse(value.includes("://") ? value : `http://${value}`)?.hostname ?? "";
  return /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(host);
}
