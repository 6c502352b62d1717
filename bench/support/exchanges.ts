import { type ChatRequest, chatRequest } from "./chat.ts";
import type { Client } from "./clients.ts";

/** Requests that each tool records from the same server. */
export interface ExchangePlan {
  readonly client: Client;
  readonly requests: readonly ChatRequest[];
  /** Sends all at once, which takes less time. */
  readonly atOnce?: boolean;
}

const posts = (count: number): readonly ChatRequest[] =>
  Array.from({ length: count }, (_, index) => chatRequest(index));
const streams = (count: number, chunks: number): readonly ChatRequest[] =>
  Array.from({ length: count }, (_, index) => chatRequest(index, chunks));

export const POSTS = 150;

export const exchanges = {
  ten: { client: "fetch", requests: posts(10) },
  posts: { client: "fetch", requests: posts(POSTS) },
  "posts-node:http": { client: "node:http", requests: posts(POSTS) },
  "posts-undici": { client: "undici", requests: posts(POSTS) },
  streams: { client: "fetch", requests: streams(10, 250) },
  "fifty-streams": { client: "fetch", requests: streams(50, 250), atOnce: true },
  "20-kb": { client: "fetch", requests: streams(1, 75) },
  "3-mb": { client: "fetch", requests: streams(1, 10_000) },
} as const satisfies Record<string, ExchangePlan>;

export type ExchangeName = keyof typeof exchanges;

export const planOf = (name: ExchangeName): ExchangePlan => exchanges[name];
