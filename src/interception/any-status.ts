/** The first line of a response. */
export interface ResponseStatus {
  readonly status: number;
  readonly statusText: string;
}

/** Servers send statuses like 999 and non-Latin reason phrases. The constructor of `Response` accepts neither. */
const STAND_IN: ResponseStatus = { status: 200, statusText: "" };

/** Returns an init that the constructor of `Response` accepts instead of `given`. */
export function constructible(given: ResponseStatus): ResponseStatus {
  return isConstructible(given) ? given : STAND_IN;
}

/** Sets the status of a `response` that was made with another init to `given`. */
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
