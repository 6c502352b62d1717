import childProcess, { ChildProcess } from "node:child_process";
import { URL } from "node:url";
import { process } from "../../cassette/node-process.ts";
import { replaceProperty, type Undo } from "../patched-place.ts";
import { type Command, commandOf, type SpawnOptions } from "../processes/command.ts";
import { LiveProcess } from "../processes/live-process.ts";
import type { RouteProcess } from "../processes/process-handler.ts";
import type { Spawn } from "../processes/process-inputs.ts";
import { Kills } from "../processes/signals.ts";
import { SyncCall } from "../processes/sync-calls.ts";
import { callSite } from "../sender-site.ts";
import { isRecordedOtherwise } from "./recorded-otherwise.ts";
import type { ReportUnrecorded } from "./unrecorded-traffic.ts";

type Method = (this: unknown, ...args: unknown[]) => unknown;

/** Node's own functions. Kept when this module loads, before a test can replace one with a mock that starts nothing. */
const SPAWN = Reflect.get(ChildProcess.prototype, "spawn") as Method;
const { spawnSync } = childProcess;
const SYNC = (["spawnSync", "execFileSync", "execSync"] as const).map((name) => ({
  name,
  original: childProcess[name] as Method,
}));

/**
 * Hands child processes to who records or plays them, and reports all others, except those whose environment leads
 * requests to a server on this machine.
 */
export function watchProcesses(report: ReportUnrecorded, route: RouteProcess): () => void {
  const kills = new Kills();
  const handlerOf = (command: Command): ReturnType<RouteProcess> =>
    isRecordedOtherwise() ? undefined : route(command);
  const note = (program: string, environment: readonly string[], below: Method): void => {
    if (isRecordedOtherwise() || environment.some(leadsHere)) return;
    report({ way: "process", url: `process:${program}`, site: callSite(below) });
  };

  function spawn(this: unknown, ...args: unknown[]): unknown {
    const options = (args[0] ?? {}) as SpawnOptions;
    const command = commandOf(options);
    const handler = handlerOf(command);
    if (handler !== undefined)
      return handler.spawn(new LiveProcess(this as ChildProcess, command, options, SPAWN as Spawn, kills));
    note(command.name, options.envPairs ?? [], spawn);
    return SPAWN.apply(this, args);
  }

  const undo = [
    ...replaceOwn(ChildProcess.prototype, "spawn", SPAWN, spawn),
    ...SYNC.flatMap(({ name, original }) => {
      function start(this: unknown, ...args: unknown[]): unknown {
        const call = new SyncCall(name, args, spawnSync);
        const handler = handlerOf(call.command);
        if (handler !== undefined) return call.finish(handler.run(call));
        const { env = process.env } = args.find(isOptions) ?? {};
        note(
          call.command.name,
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
    kills.stop();
  };
}

function replaceOwn(owner: object, name: string, original: Method, watched: Method): Undo[] {
  return Reflect.get(owner, name) === original ? [replaceProperty(owner, name, watched)] : [];
}

function isOptions(value: unknown): value is { readonly env?: NodeJS.ProcessEnv } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a variable such as `OPENAI_BASE_URL` or `HTTPS_PROXY` names a server on this machine. */
function leadsHere(pair: string): boolean {
  const [name = "", ...rest] = pair.split("=");
  if (!/(?:_BASE_URL|_API_BASE|_ENDPOINT|_PROXY|^OLLAMA_HOST)$/i.test(name)) return false;
  const value = rest.join("=");
  const host = URL.parse(value.includes("://") ? value : `http://${value}`)?.hostname ?? "";
  return /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(host);
}
