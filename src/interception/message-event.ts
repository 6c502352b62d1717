/**
 * `@mswjs/interceptors` needs this class when it loads. The edge-runtime environment has none in a vm pool. Reading the
 * global would load all of Node's `fetch`, in every test file.
 */
if (!("MessageEvent" in globalThis) && "Event" in globalThis) {
  class MessageEvent extends Event {
    readonly data: unknown;

    constructor(type: string, init: { readonly data?: unknown } = {}) {
      super(type);
      this.data = init.data ?? null;
    }
  }
  Object.defineProperty(globalThis, "MessageEvent", {
    value: MessageEvent,
    configurable: true,
    writable: true,
  });
}
