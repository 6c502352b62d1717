/** `text` as a JSON value; `undefined` where it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON, which is all that the caller asks.
    return undefined;
  }
}
