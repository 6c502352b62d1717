type PlatformClasses = Pick<typeof globalThis, "Headers" | "Request" | "Response">;

const KEY = Symbol.for("vitest-cassette/platform-classes/1");

/**
 * Returns the classes of fetch as they were at the first call: code under test may delete or replace the globals. That
 * call makes Node load its HTTP client, which takes longer than all else that a test file without requests does.
 */
export function platformClasses(): PlatformClasses {
  const holder = globalThis as { [KEY]?: PlatformClasses };
  holder[KEY] ??= {
    Headers: globalThis.Headers,
    Request: globalThis.Request,
    Response: globalThis.Response,
  };
  return holder[KEY];
}
