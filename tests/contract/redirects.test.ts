import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { capturedFetch } from "../support/clients/captured-fetch.ts";
import { CLIENTS, type ClientRequest } from "../support/clients/index.ts";
import { type ProviderServer, startProviderServer } from "../support/provider-server/index.ts";
import { testCassette } from "./support/taping.ts";
import { seen, textOf } from "./support/three-ways.ts";

let server: ProviderServer;
let other: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
  other = await startProviderServer();
});
afterAll(() => Promise.all([server.close(), other.close()]));

const cassetteOfBoth = () => testCassette({ include: [server.url, other.url] });

function redirected(status: number, to: string, request: Partial<ClientRequest> = {}): ClientRequest {
  return {
    url: `${server.url}/redirect/${status}?to=${encodeURIComponent(to)}`,
    body: "question",
    ...request,
  };
}

/** Method, body and credentials that arrived at the end of the redirect. */
function arrived(at: ProviderServer): unknown {
  const { method, url, body, headers } = at.requests.at(-1) ?? {};
  return { method, url, body: textOf([body ?? new Uint8Array()]), authorization: headers?.authorization };
}

const STATUSES = [301, 302, 303, 307, 308];

describe.for(CLIENTS)("$name", (client) => {
  test.for(STATUSES)("follows a %i on the same origin as it does live, or does not", async (status) => {
    using cassette = cassetteOfBoth();
    const request = redirected(status, "/lines?count=3", { headers: { authorization: "Bearer nobody" } });
    const live = await client.send(request);
    const liveArrival = arrived(server);
    const recorded = await cassette.record(() => client.send(request));
    expect(arrived(server)).toEqual(liveArrival);
    const before = server.acceptedConnections;
    await cassette.play(async ({ interactions }) => {
      expect(interactions.map(({ response }) => response.status)).toEqual(
        live.status === 200 ? [status, 200] : [status],
      );
      expect(seen(recorded)).toEqual(seen(live));
      expect(seen(await client.send(request))).toEqual(seen(live));
    });
    expect(server.acceptedConnections).toBe(before);
    // Node 22's fetch does not send the body of a Request again, which is what axios gives it.
    if (client.name !== "axios, fetch adapter") expect(live.status).toBe(client.follows ? 200 : status);
  });

  test.for([302, 307])("follows a %i to another origin as it does live, or does not", async (status) => {
    using cassette = cassetteOfBoth();
    const request = redirected(status, `${other.url}/lines?count=3`, {
      headers: { authorization: "Bearer nobody" },
    });
    const live = await client.send(request);
    const liveArrival = arrived(other);
    const recorded = await cassette.record(() => client.send(request));
    expect(arrived(other)).toEqual(liveArrival);
    expect(seen(recorded)).toEqual(seen(live));
    expect(seen(await cassette.play(() => client.send(request)))).toEqual(seen(live));
  });

  test("meets a redirect without end as it does live", async ({ skip }) => {
    skip(client.name === "node-fetch", "it throws on the second redirect, live as well");
    using cassette = cassetteOfBoth();
    const script = JSON.stringify({ redirect: { status: 307, to: "/lines?count=1" } });
    const endless: ClientRequest = {
      url: `${server.url}/lines?count=1`,
      headers: { "x-test-script": script },
      body: "question",
    };
    const live = await client.send(endless);
    const recorded = await cassette.record(() => client.send(endless));
    expect(seen(recorded)).toEqual(seen(live));
    expect(seen(await cassette.play(() => client.send(endless)))).toEqual(seen(live));
  });
});

describe.for([
  ["fetch", (...args: Parameters<typeof fetch>) => fetch(...args)],
  ["captured fetch", capturedFetch],
] as const)("%s", ([, fetch]) => {
  const options = { method: "POST", body: "question" };

  /** All that a response says of how it came. */
  async function told(url: string, init: RequestInit): Promise<unknown> {
    try {
      const {
        status,
        url: at,
        redirected,
        type,
        ok,
        headers,
        body,
      } = await fetch(url, { ...options, ...init });
      await body?.cancel();
      return { status, at, redirected, type, ok, location: headers.get("location") };
    } catch (error) {
      const { name, message, cause } = error as Error;
      return { name, message, cause: (cause as Error | undefined)?.message };
    }
  }

  test.for(["follow", "manual", "error"] as const)(
    "tells of a redirect as live with %s",
    async (redirect) => {
      using cassette = cassetteOfBoth();
      const url = `${server.url}/redirect/303?to=${encodeURIComponent("/lines?count=1")}#part`;
      const live = await told(url, { redirect });
      expect(await cassette.record(() => told(url, { redirect }))).toEqual(live);
      expect(await cassette.play(() => told(url, { redirect }))).toEqual(live);
    },
  );

  test("reports a plain response the same way as live", async () => {
    using cassette = cassetteOfBoth();
    const url = `${server.url}/lines?count=1#part`;
    const live = await told(url, {});
    expect(live).toMatchObject({ at: `${server.url}/lines?count=1`, redirected: false, type: "basic" });
    expect(await cassette.record(() => told(url, {}))).toEqual(live);
    expect(await cassette.play(() => told(url, {}))).toEqual(live);
  });

  test("follows a redirect with a body that is a stream as live", async () => {
    using cassette = cassetteOfBoth();
    const url = `${server.url}/redirect/307?to=${encodeURIComponent("/lines?count=1")}`;
    const init = () => ({ body: new Blob(["question"]).stream(), duplex: "half" }) as RequestInit;
    const live = await told(url, init());
    expect(await cassette.record(() => told(url, init()))).toEqual(live);
    expect(await cassette.play(() => told(url, init()))).toEqual(live);
  });
});
