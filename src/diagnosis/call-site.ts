import { fileURLToPath, URL } from "node:url";

/** The folder of our own modules: `src` in the source, `dist` in the package. */
const OURS = new URL(import.meta.url.endsWith(".ts") ? ".." : ".", import.meta.url);
const PATHS = [OURS.href, fileURLToPath(OURS)];

/** Gives an error the stack of the line that sent the request, if known: it says more than ours. */
export function atCallSite<E extends Error>(error: E, stack: string | undefined): E {
  const frames = callerFrames(stack);
  if (frames !== undefined) error.stack = [`${error.name}: ${error.message}`, ...frames].join("\n");
  return error;
}

/** Returns the first line of the user's own code in a stack: `/app/tests/chat.test.ts:12:3`. */
export function callerLine(stack: string | undefined): string | undefined {
  const frame = callerFrames(stack)?.find((line) => !/[( ]node:|[/\\]node_modules[/\\]/.test(line));
  return frame?.match(/([^\s()]+:\d+:\d+)\)?$/)?.[1];
}

function callerFrames(stack: string | undefined): readonly string[] | undefined {
  return stack
    ?.split("\n")
    .filter((line) => /^\s+at /.test(line) && !PATHS.some((path) => line.includes(path)));
}
