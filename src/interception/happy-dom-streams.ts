import type { Readable } from "node:stream";
import { isError } from "../cassette/is-error.ts";

/**
 * Lets clients of happy-dom's `fetch` cancel a body. Its streams go on after that, and throw where no caller can catch
 * it: `Controller is already closed`. The openai SDK cancels every stream after its last event.
 *
 * @returns a function that puts the environment's fetch back; `undefined` in other environments
 */
export function guardHappyDomStreams(): (() => void) | undefined {
  const before = Object.getOwnPropertyDescriptor(globalThis, "fetch");
  if ((globalThis as { happyDOM?: unknown }).happyDOM === undefined || before === undefined) return undefined;
  const realFetch = globalThis.fetch;
  const fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const response = await realFetch(input, init);
    const source = sourceOf(response.body);
    if (source !== undefined) guard(source);
    return response;
  };
  Object.defineProperty(globalThis, "fetch", { ...descriptor(before), value: fetch });
  return () => {
    if (globalThis.fetch === fetch) Object.defineProperty(globalThis, "fetch", before);
  };
}

function descriptor({ enumerable = true }: PropertyDescriptor): PropertyDescriptor {
  return { enumerable, configurable: true, writable: true };
}

/** Returns the stream of Node that happy-dom turned into `body`. */
function sourceOf(body: object | null): Readable | undefined {
  if (body === null) return undefined;
  const key = Object.getOwnPropertySymbols(body).find(({ description }) => description === "nodeStream");
  return key && (body as { readonly [key]?: Readable })[key];
}

function guard(source: Readable): void {
  for (const event of ["data", "end", "error"]) {
    for (const listener of source.listeners(event)) {
      source.on(event, (...values: readonly unknown[]) => {
        try {
          listener.apply(source, values);
        } catch (error) {
          if (!isError(error) || (error as NodeJS.ErrnoException).code !== "ERR_INVALID_STATE") throw error;
          source.destroy();
        }
      });
      source.off(event, listener as () => void);
    }
  }
}
