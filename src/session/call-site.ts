import { fileURLToPath } from "node:url";

/** Where our own modules are: `src` in the source, `dist` in the package. */
const OURS = new URL(import.meta.url.endsWith(".ts") ? ".." : ".", import.meta.url);
const PLACES = [OURS.href, fileURLToPath(OURS)];

/** The error with the stack of the line that sent the request, where that is known: it says more than ours. */
export function atSender<E extends Error>(error: E, stack: string | undefined): E {
  const frames = stack
    ?.split("\n")
    .filter((line) => /^\s+at /.test(line) && !PLACES.some((place) => line.includes(place)));
  if (frames !== undefined) error.stack = [`${error.name}: ${error.message}`, ...frames].join("\n");
  return error;
}
