interface Identity {
  readonly name: string;
  readonly file?: string | undefined;
  readonly project?: string | undefined;
}

const KEY = Symbol.for("vitest-cassette/session-ids/1");

/** Returns the id of a session of a test. The second one in a worker, such as that of a retry, has a number. */
export function sessionId({ name, file, project }: Identity): string {
  const holder = globalThis as { [KEY]?: Map<string, number> };
  holder[KEY] ??= new Map();
  const id = [project, file, name].filter((part) => part !== undefined).join(" › ");
  const count = (holder[KEY].get(id) ?? 0) + 1;
  holder[KEY].set(id, count);
  return count === 1 ? id : `${id} (${count})`;
}
