// First, so that the fetch that it keeps is the one before any patching.
import "./captured-fetch.ts";
import { axiosFetchClient, axiosStreamClient, axiosWholeClient } from "./axios-clients.ts";
import type { Client } from "./client.ts";
import {
  capturedFetchClient,
  globalFetchClient,
  nodeFetchClient,
  undiciFetchClient,
} from "./fetch-clients.ts";
import { gotStreamClient, gotWholeClient } from "./got-clients.ts";
import { nodeHttpClient, nodeHttpOwnAgentClient, nodeHttpsClient } from "./node-http-clients.ts";
import { undiciPoolClient, undiciRequestClient } from "./undici-clients.ts";

export type {
  Client,
  ClientBody,
  ClientError,
  ClientRequest,
  ClientResult,
  Stop,
} from "./client.ts";
export { trustCertificate } from "./trust-certificate.ts";

/** Every client for `http:`, one interface. */
export const CLIENTS: readonly Client[] = [
  globalFetchClient,
  capturedFetchClient,
  undiciFetchClient,
  undiciRequestClient,
  undiciPoolClient,
  nodeHttpClient,
  nodeHttpOwnAgentClient,
  axiosStreamClient,
  axiosWholeClient,
  axiosFetchClient,
  gotStreamClient,
  gotWholeClient,
  nodeFetchClient,
];

/** Those of {@link CLIENTS} that read a body chunk by chunk. */
export const STREAM_CLIENTS: readonly Client[] = CLIENTS.filter(({ reads }) => reads === "stream");

/** Every client for `https:`; `node:https` is among them under its own name. */
export const SECURE_CLIENTS: readonly Client[] = CLIENTS.map((client) =>
  client === nodeHttpClient ? nodeHttpsClient : client,
);
