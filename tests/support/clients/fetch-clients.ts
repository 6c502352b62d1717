import nodeFetch from "node-fetch";
import { FormData as UndiciFormData, fetch as undiciFetch } from "undici";
import { capturedFetch } from "./captured-fetch.ts";
import type { Client, ClientRequest, ClientResult } from "./client.ts";
import { readNodeStream, readWebStream } from "./read-body.ts";
import { Recorder } from "./recorder.ts";
import { headersOf, plainBody, withType } from "./request-body.ts";

type Fetch = (url: string, init: RequestInit) => Promise<Response>;

async function sendFetch(fetch: Fetch, request: ClientRequest): Promise<ClientResult> {
  const recorder = new Recorder(request);
  try {
    const pending = fetch(request.url, {
      method: request.method ?? "POST",
      signal: recorder.signal,
      ...(request.headers === undefined ? {} : { headers: request.headers }),
      ...(request.body === undefined ? {} : { body: request.body as BodyInit, duplex: "half" }),
    } as RequestInit);
    recorder.sent();
    const response = await pending;
    const { status, statusText } = response;
    recorder.headers({ status, statusText, headers: headersOf(response.headers) });
    return await readWebStream(response.body, recorder);
  } catch (error) {
    return recorder.result(false, error);
  }
}

function fetchClient(name: string, globalFetch: boolean, fetch: Fetch): Client {
  const send = (request: ClientRequest): Promise<ClientResult> => sendFetch(fetch, request);
  return { name, reads: "stream", decodes: true, follows: true, globalFetch, send };
}

/** The global fetch, looked up at each call. */
export const globalFetchClient: Client = fetchClient("fetch", true, (url, init) =>
  globalThis.fetch(url, init),
);

/** A fetch captured before anything patched the global. */
export const capturedFetchClient: Client = fetchClient("captured fetch", false, capturedFetch);

/** It takes none but its own FormData. */
export const undiciFetchClient: Client = fetchClient("undici fetch", false, (url, init) => {
  if (!(init.body instanceof FormData)) return (undiciFetch as unknown as Fetch)(url, init);
  const body = new UndiciFormData();
  for (const [name, value] of init.body) body.append(name, value);
  return (undiciFetch as unknown as Fetch)(url, { ...init, body: body as unknown as FormData });
});

export const nodeFetchClient: Client = {
  name: "node-fetch",
  reads: "stream",
  decodes: true,
  follows: true,
  globalFetch: false,
  async send(request) {
    const recorder = new Recorder(request);
    try {
      const { body, type } = await plainBody(request.body);
      const pending = nodeFetch(request.url, {
        method: request.method ?? "POST",
        headers: withType(request.headers, type),
        signal: recorder.signal,
        ...(body === undefined ? {} : { body }),
      });
      recorder.sent();
      const response = await pending;
      const cookies = response.headers.raw()["set-cookie"];
      const headers = Object.fromEntries(response.headers.entries());
      recorder.headers({
        status: response.status,
        statusText: response.statusText,
        headers: cookies === undefined ? headers : { ...headers, "set-cookie": cookies },
      });
      if (response.body === null) return recorder.result(true);
      return await readNodeStream(response.body as import("node:stream").Readable, recorder);
    } catch (error) {
      return recorder.result(false, error);
    }
  },
};
