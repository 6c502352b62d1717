import childProcess, { ChildProcess } from "node:child_process";
import { basename } from "node:path";
import { URL } from "node:url";
import { process } from "../../cassette/node-process.ts";
import { replaceProperty, type Undo } from "../patched-place.ts";
import { callSite } from "../sender-site.ts";
import { isRecordedOtherwise } from "./recorded-otherwise.ts";
import type { ReportUnrecorded } from "./unrecorded-traffic.ts";

/** What `ChildProcess.prototype.spawn` takes. All functions that start a process without waiting for it call it. */
interface SpawnOptions {
  readonly file?: unknown;
  readonly args?: readonly unknown[];
  readonly envPairs?: readonly string[];
}

type Method = (this: unknown, ...args: unknown[]) => unknown;

/** Node's own functions. Kept when this module loads, before a test can replace one with a mock that starts nothing. */
const SPAWN = Reflect.get(ChildProcess.prototype, "spawn") as Method;
const SYNC = (["spawnSync", "execFileSync", "execSync"] as const).map((name) => ({
  name,
  original: childProcess[name] as Method,
}));

/** Reports child processes, except those whose environment leads requests to a server on this machine. */
export function watchProcesses(report: ReportUnrecorded): () => void {
  const note = (program: string, environment: readonly string[], below: Method): void => {
    if (isRecordedOtherwise() || environment.some(leadsHere)) return;
    report({ way: "process", url: `process:${program}`, site: callSite(below) });
  };

  function spawn(this: unknown, ...args: unknown[]): unknown {
    const { file, args: own, envPairs } = (args[0] ?? {}) as SpawnOptions;
    note(programOf(String(file), own), envPairs ?? [], spawn);
    return SPAWN.apply(this, args);
  }

  const undo = [
    ...replaceOwn(ChildProcess.prototype, "spawn", SPAWN, spawn),
    ...SYNC.flatMap(({ name, original }) => {
      function start(this: unknown, ...args: unknown[]): unknown {
        const [file, own] = args;
        const program =
          name === "execSync"
            ? firstWord(String(file))
            : programOf(String(file), Array.isArray(own) ? own : []);
        const { env = process.env } = args.find(isOptions) ?? {};
        note(
          program,
          Object.entries(env).map((pair) => pair.join("=")),
          start,
        );
        return original.apply(this, args);
      }
      return replaceOwn(childProcess, name, original, start);
    }),
  ];
  return () => {
    for (const each of undo.reverse()) each();
  };
}

function replaceOwn(owner: object, name: string, original: Method, watched: Method): Undo[] {
  return Reflect.get(owner, name) === original ? [replaceProperty(owner, name, watched)] : [];
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
