import { headerOf } from "../http/headers.ts";
import type { Answer, Exchange } from "../interception/exchange.ts";

/** What a page of jsdom or happy-dom has among its globals. */
interface Page {
  readonly document?: unknown;
  readonly happyDOM?: unknown;
  readonly location?: { readonly origin: string };
}

const page = (): Page => globalThis as unknown as Page;

/**
 * Whether jsdom or happy-dom sends this request by itself, to ask if a page may send another one to that server. It is
 * no request of the code under test, and a recording from another environment does not have it.
 */
export function isPreflight({ method, seam, headers }: Exchange): boolean {
  if (method !== "OPTIONS" || seam !== "socket") return false;
  const { document, happyDOM } = page();
  // The Request of happy-dom has no such header.
  if (happyDOM !== undefined) return true;
  return document !== undefined && headerOf(headers, "access-control-request-method") !== undefined;
}

/** Allows a page to send any request. */
export function allowPreflight({ headers }: Exchange): Answer {
  return {
    kind: "respond",
    response: {
      status: 204,
      statusText: "No Content",
      headers: [
        ...allowingHeaders(),
        ["access-control-allow-methods", headerOf(headers, "access-control-request-method") ?? "*"],
        ["access-control-allow-headers", headerOf(headers, "access-control-request-headers") ?? "*"],
      ],
      decoded: true,
      body: undefined,
    },
  };
}

/**
 * Lets a page of jsdom or happy-dom read a response. A server only allows that if a page asks, and the recording may
 * come from another environment.
 */
export function allowPage({ seam }: Exchange, answer: Answer): Answer {
  if (answer.kind === "fail" || seam !== "socket" || page().document === undefined) return answer;
  const { response } = answer;
  if (headerOf(response.headers, "access-control-allow-origin") !== undefined) return answer;
  return { ...answer, response: { ...response, headers: [...response.headers, ...allowingHeaders()] } };
}

function allowingHeaders(): [string, string][] {
  return [
    ["access-control-allow-origin", page().location?.origin ?? "*"],
    ["access-control-allow-credentials", "true"],
  ];
}
