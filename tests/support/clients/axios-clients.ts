import type { Readable } from "node:stream";
import axios, { type AxiosRequestConfig, type AxiosResponse } from "axios";
import type { Client, ClientRequest, ClientResult } from "./client.ts";
import { readNodeStream, readWebStream } from "./read-body.ts";
import { Recorder } from "./recorder.ts";
import { definedHeaders, plainBody, withType } from "./request-body.ts";

async function config(request: ClientRequest, recorder: Recorder): Promise<AxiosRequestConfig> {
  const { body, type } = await plainBody(request.body);
  return {
    url: request.url,
    method: request.method ?? "POST",
    headers: withType(request.headers, type),
    ...(body === undefined ? {} : { data: body }),
    signal: recorder.signal,
    validateStatus: () => true,
    transformResponse: (data: unknown) => data,
    proxy: false,
  };
}

function takeHead(response: AxiosResponse, recorder: Recorder): void {
  const headers = definedHeaders({ ...response.headers } as Record<string, string | string[] | undefined>);
  recorder.headers({ status: response.status, statusText: response.statusText, headers });
}

/** Through `node:http`, read as a stream. */
export const axiosStreamClient: Client = {
  name: "axios stream",
  reads: "stream",
  decodes: true,
  follows: true,
  globalFetch: false,
  async send(request): Promise<ClientResult> {
    const recorder = new Recorder(request);
    try {
      const options = await config(request, recorder);
      const pending = axios.request<Readable>({ ...options, adapter: "http", responseType: "stream" });
      recorder.sent();
      const response = await pending;
      takeHead(response, recorder);
      return await readNodeStream(response.data, recorder);
    } catch (error) {
      return recorder.result(false, error);
    }
  },
};

/** Through `node:http`, read whole, as most use axios. */
export const axiosWholeClient: Client = {
  name: "axios",
  reads: "whole",
  decodes: true,
  follows: true,
  globalFetch: false,
  async send(request) {
    const recorder = new Recorder(request);
    try {
      const options = await config(request, recorder);
      const pending = axios.request<ArrayBuffer>({
        ...options,
        adapter: "http",
        responseType: "arraybuffer",
      });
      recorder.sent();
      const response = await pending;
      takeHead(response, recorder);
      const bytes = new Uint8Array(response.data);
      if (bytes.length > 0) await recorder.chunk(bytes);
      return recorder.result(true);
    } catch (error) {
      return recorder.result(false, error);
    }
  },
};

/** Through the global fetch, read as a stream. */
export const axiosFetchClient: Client = {
  name: "axios, fetch adapter",
  reads: "stream",
  decodes: true,
  follows: true,
  globalFetch: true,
  async send(request) {
    const recorder = new Recorder(request);
    try {
      const options = await config(request, recorder);
      const pending = axios.request<ReadableStream<Uint8Array>>({
        ...options,
        adapter: "fetch",
        responseType: "stream",
      });
      recorder.sent();
      const response = await pending;
      takeHead(response, recorder);
      return await readWebStream(response.data, recorder);
    } catch (error) {
      return recorder.result(false, error);
    }
  },
};
