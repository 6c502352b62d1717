import http from "node:http";

/** What a client read. */
export interface Answer {
  readonly text: string;
  readonly reads: number;
}

/** Sends a JSON body and reads the response to its end. */
export type Ask = (url: string, body: string) => Promise<Answer>;

export type Client = "fetch" | "node:http" | "undici";

const headers = { "content-type": "application/json", authorization: "Bearer none" };

async function read(body: AsyncIterable<Uint8Array> | null): Promise<Answer> {
  const decoder = new TextDecoder();
  let text = "";
  let reads = 0;
  for await (const chunk of body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    reads++;
  }
  return { text, reads };
}

/** Uses the `fetch` of the moment, as the code under test does. */
export const askFetch: Ask = async (url, body) => {
  const response = await fetch(url, { method: "POST", body, headers });
  return read(response.body);
};

const agent = new http.Agent({ keepAlive: true });

const askNode: Ask = (url, body) =>
  new Promise((resolve, reject) => {
    const lines = { ...headers, "content-length": Buffer.byteLength(body) };
    http
      .request(url, { method: "POST", agent, headers: lines }, (response) => resolve(read(response)))
      .on("error", reject)
      .end(body);
  });

/** Returns a client. */
export async function clientOf(name: Client): Promise<Ask> {
  if (name === "fetch") return askFetch;
  if (name === "node:http") return askNode;
  const undici = await import("undici");
  return async (url, body) => read((await undici.request(url, { method: "POST", body, headers })).body);
}
