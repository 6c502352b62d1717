/** The error with the stack of the line that sent the request, where that is known: it says more than ours. */
export function atSender<E extends Error>(error: E, stack: string | undefined): E {
  const frames = stack?.split("\n").filter((line) => /^\s+at /.test(line));
  if (frames !== undefined) error.stack = [`${error.name}: ${error.message}`, ...frames].join("\n");
  return error;
}
