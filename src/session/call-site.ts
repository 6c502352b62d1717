import { fileURLToPath, URL } from "node:url";

/** The folder of our own modules: `src` in the source, `dist` in the package. */
const OURS = new URL(import.meta.url.endsWith(".ts") ? ".." : ".", import.meta.url);
const PATHS = [OURS.href, fileURLToPath(OURS)];

/** Gives an error the stack of the line that sent the request, if known: it says more than ours. */
export function atCallSite<E extends Error>(error: E, stack: string | undefined): E {
  const frames = stack
    ?.split("\n")
    .filter((line) => /^\s+at /.test(line) && !PATHS.some((path) => line.includes(path)));
  if (frames !== undefined) error.stack = [`${error.name}: ${error.message}`, ...frames].join("\n");
  return error;
}
