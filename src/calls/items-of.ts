/** What a function gave that its caller reads item by item. */
export type Items =
  | { readonly form: "iterable"; readonly iterator: Iterator<unknown> }
  | { readonly form: "async iterable" | "stream"; readonly iterator: AsyncIterator<unknown> };

/** Returns how to read a result item by item; `undefined` for a value. Arrays, sets and maps are values. */
export function itemsOf(value: unknown): Items | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (isStream(value)) return { form: "stream", iterator: reading(value) };
  if (Symbol.asyncIterator in value) {
    return { form: "async iterable", iterator: (value as AsyncIterable<unknown>)[Symbol.asyncIterator]() };
  }
  if (!(Symbol.iterator in value) || typeof (value as Partial<Iterator<unknown>>).next !== "function") {
    return undefined;
  }
  return { form: "iterable", iterator: value as unknown as Iterator<unknown> };
}

function isStream(value: object): value is ReadableStream<unknown> {
  return typeof (value as Partial<ReadableStream>).getReader === "function";
}

/** Reads a stream as an iterator. Returning cancels it. */
function reading(stream: ReadableStream<unknown>): AsyncIterator<unknown> {
  const reader = stream.getReader();
  return {
    next: () => reader.read() as Promise<IteratorResult<unknown>>,
    return: async (reason) => {
      await reader.cancel(reason);
      return { done: true, value: undefined };
    },
  };
}
