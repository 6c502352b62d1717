/** What stands in the first line of a response. */
export interface ResponseStatus {
  readonly status: number;
  readonly statusText: string;
}

/** Servers answer 999, and in Chinese; the constructor of `Response` takes neither. */
const STAND_IN: ResponseStatus = { status: 200, statusText: "" };

/** What the constructor of `Response` takes in place of `given`. */
export function constructible(given: ResponseStatus): ResponseStatus {
  return isConstructible(given) ? given : STAND_IN;
}

/** Makes `response` say `given`, where it was made with a stand-in. */
export function withStatus<T extends Response>(response: T, given: ResponseStatus): T {
  if (isConstructible(given)) return response;
  const { status, statusText } = given;
  return Object.defineProperties(response, {
    status: { value: status, configurable: true },
    statusText: { value: statusText, configurable: true },
    ok: { value: status >= 200 && status <= 299, configurable: true },
  });
}

function isConstructible({ status, statusText }: ResponseStatus): boolean {
  return status >= 200 && status <= 599 && /^[\t\x20-\x7e\x80-\xff]*$/.test(statusText);
}
