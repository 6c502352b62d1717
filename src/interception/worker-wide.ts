import net from "node:net";

const KEY = Symbol.for("vitest-cassette/worker/1");

/**
 * Returns the value that all code of this worker shares under `name`. It is stored on a builtin module: vm pools give
 * each test file its own globals, but share `node:net` and `node:http`.
 */
export function workerWide<T extends object>(name: string, create: () => T): T {
  const holder = net as unknown as { [KEY]?: Map<string, object> };
  holder[KEY] ??= new Map();
  const known = holder[KEY].get(name) as T | undefined;
  if (known !== undefined) return known;
  const created = create();
  holder[KEY].set(name, created);
  return created;
}
