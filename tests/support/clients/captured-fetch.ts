const KEY = Symbol.for("tests.captured-fetch");
const realm = globalThis as { [KEY]?: typeof fetch };

realm[KEY] ??= globalThis.fetch;

/**
 * The global fetch as it was when this module was first evaluated in this realm, as an SDK keeps it that
 * makes its client at import time. To capture it before anything patches it, import this module first.
 */
export const capturedFetch: typeof fetch = realm[KEY];
