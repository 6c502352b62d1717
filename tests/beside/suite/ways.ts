import http from "node:http";
import https from "node:https";
import { request } from "undici";

/** A client: sends a GET, or a POST of `body`, and resolves to the text that it gets. */
type Send = (url: string, body?: string) => Promise<string>;

const capturedFetch = globalThis.fetch;

function byFetch(body?: string): RequestInit {
  return body === undefined ? {} : { method: "POST", body };
}

function byNode(url: string, body?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const client = url.startsWith("https:") ? https : http;
    const sent = client.request(url, { method: body === undefined ? "GET" : "POST" }, (response) => {
      let text = "";
      response.on("data", (data) => {
        text += String(data);
      });
      response.on("end", () => resolve(text));
      response.on("error", reject);
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** The clients that mocking libraries see. */
export const SEEN: readonly (readonly [name: string, send: Send])[] = [
  ["fetch", async (url, body) => (await fetch(url, byFetch(body))).text()],
  ["node http", byNode],
];

export const ALL: typeof SEEN = [
  ...SEEN,
  ["captured fetch", async (url) => (await capturedFetch(url)).text()],
  ["undici", async (url) => (await request(url)).body.text()],
];
