/**
 * A process that runs Vitest on one small project after another. Loading Vitest takes longer than most of these runs.
 * Workers are processes or threads of their own, as in any run.
 */
import { inspect } from "node:util";
import { parseCLI, startVitest } from "vitest/node";

export interface HostRequest {
  readonly root: string;
  /** The arguments of `vitest`. */
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

export interface HostResponse {
  readonly status: number;
  /** All that the run wrote to the standard output and to the standard error. */
  readonly output: string;
}

process.on("message", async (request: HostRequest) => {
  const response = await runVitest(request);
  process.send?.(response);
});
// The test file that started this process has ended.
process.on("disconnect", () => process.exit());

async function runVitest({ root, args, env }: HostRequest): Promise<HostResponse> {
  replaceEnvironment(env);
  process.chdir(root);
  process.exitCode = undefined;
  let output = "";
  const restore = [process.stdout, process.stderr].map((stream) => {
    const { write } = stream;
    stream.write = ((data: Uint8Array | string, ...rest: unknown[]) => {
      output += typeof data === "string" ? data : Buffer.from(data).toString();
      for (const callback of rest) if (typeof callback === "function") callback();
      return true;
    }) as typeof write;
    return () => {
      stream.write = write;
    };
  });
  try {
    const { filter, options } = parseCLI(["vitest", ...args]);
    await startVitest(filter, options);
  } catch (error) {
    output += `Startup Error\n${inspect(error)}\n`;
    process.exitCode = 1;
  } finally {
    for (const each of restore) each();
  }
  return { status: Number(process.exitCode ?? 0), output };
}

function replaceEnvironment(env: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
  Object.assign(process.env, env);
}
