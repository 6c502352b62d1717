import { once } from "node:events";
import http2, { type ClientHttp2Session, connect, type ServerHttp2Stream } from "node:http2";
import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { testCassette } from "../contract/support/taping.ts";
import { type Got, plain, send, startHttp2Server, withSession } from "./support.ts";

const PATH = "/v1/chat/completions";
const POST = { ":method": "POST", ":path": PATH, "content-type": "application/json" };
const BODY = '{"model":"m"}';

/** What a client can see, without what differs in any two responses. */
function seen(got: Got): unknown {
  return { ...got, headers: { ...got.headers, date: typeof got.headers.date } };
}

async function streamed(stream: ServerHttp2Stream): Promise<void> {
  stream.respond({ ":status": 200, "content-type": "text/event-stream", "set-cookie": ["a=1", "b=2"] });
  for (const text of ["data: one\n\n", "data: two\n\n", "data: thr", "ee\n\n"]) {
    stream.write(text);
    await pause(10);
  }
  stream.end();
}

test.for([false, true])(
  "a streamed response is the same live, recorded and replayed (TLS: %s)",
  async (tls) => {
    await using server = await startHttp2Server(streamed, { tls });
    using cassette = testCassette();
    const ask = () =>
      withSession(server.url, (session) => send(session, POST, BODY), { ca: server.certificate });
    const live = await ask();
    const recorded = await cassette.record(ask);
    await server.close();
    const [replayed, { request, response }] = await cassette.play(async ({ interactions }) => [
      await ask(),
      interactions[0] as NonNullable<(typeof interactions)[0]>,
    ]);
    expect(seen(recorded)).toEqual(seen(live));
    expect(
      seen({ ...replayed, headers: { ...replayed.headers, "set-cookie": live.headers["set-cookie"] } }),
    ).toEqual(seen(live));
    expect(live.chunks).toEqual(["data: one\n\n", "data: two\n\n", "data: thr", "ee\n\n"]);
    expect(request).toMatchObject({
      method: "POST",
      url: `${server.url}${PATH}`,
      headers: [["content-type", "application/json"]],
    });
    expect(response).toMatchObject({ status: 200, statusText: "OK", end: "truncated" });
    expect(response.headers.filter(([name]) => name.startsWith(":"))).toEqual([]);
    expect(server.connections).toBe(2);
  },
);

test("connect imported by its name goes the same way, and is Node's own when no cassette is open", async () => {
  await using server = await startHttp2Server(streamed);
  using cassette = testCassette();
  const before = connect;
  const own = http2.connect;
  await cassette.record(async () => {
    expect(connect).not.toBe(before);
    const session = connect(server.url);
    await send(session, POST, BODY);
    session.close();
  });
  expect(connect).toBe(before);
  expect(http2.connect).toBe(own);
  await cassette.play(async () => {
    const session = connect(server.url);
    expect((await send(session, POST, BODY)).status).toBe(200);
    session.close();
  });
  expect(server.paths).toHaveLength(1);
});

test("streams of one session run at once, each with its own chunks", async () => {
  await using server = await startHttp2Server(async (stream, headers) => {
    const name = headers["x-name"];
    stream.respond({ ":status": 200, "content-type": "text/plain" });
    for (let index = 0; index < 5; index++) {
      stream.write(`${name}${index}`);
      await pause(5);
    }
    stream.end();
  });
  using cassette = testCassette({ match: { headers: ["x-name"] } });
  const ask = () =>
    withSession(server.url, (session) =>
      Promise.all(["a", "b", "c", "d"].map((name) => send(session, { ...POST, "x-name": name }, BODY))),
    );
  const expected = ["a", "b", "c", "d"].map((name) => [0, 1, 2, 3, 4].map((index) => `${name}${index}`));
  expect((await cassette.record(ask)).map(({ chunks }) => chunks)).toEqual(expected);
  expect((await cassette.play(ask)).map(({ chunks }) => chunks)).toEqual(expected);
  expect(server.connections).toBe(1);
});

test("tests that run at once share a session, and each gets its own cassette", async () => {
  await using server = await startHttp2Server((stream, headers) => {
    stream.respond({ ":status": 200, "content-type": "text/plain" });
    stream.end(`answer to ${headers["x-name"]}`);
  });
  const names = ["a", "b", "c", "d", "e", "f"];
  const cassettes = names.map(() => testCassette());
  await withSession(server.url, async (session) => {
    await send(session, POST, BODY);
    const ask = (name: string) => async () => {
      const chunks: string[] = [];
      // Each test has the same two requests, so only its async context tells the tests apart.
      for (let index = 0; index < 2; index++) {
        await pause(Math.random() * 10);
        chunks.push(...(await send(session, { ...POST, "x-name": name }, BODY)).chunks);
      }
      return chunks;
    };
    const expected = names.map((name) => [`answer to ${name}`, `answer to ${name}`]);
    const all = (how: "record" | "play") =>
      Promise.all(cassettes.map((cassette, index) => cassette[how](ask(names[index] as string))));
    expect(await all("record")).toEqual(expected);
    expect(await all("play")).toEqual(expected);
  });
  expect(server.paths).toHaveLength(1 + 2 * names.length);
  for (const cassette of cassettes) cassette[Symbol.dispose]();
});

test("a slow reader gets one chunk for each read", async () => {
  await using server = await startHttp2Server(streamed);
  using cassette = testCassette();
  const ask = () =>
    withSession(server.url, async (session) => {
      const stream = session.request(POST);
      stream.end(BODY);
      const reads: string[] = [];
      for await (const chunk of stream) {
        reads.push(String(chunk));
        await pause(20);
      }
      return reads;
    });
  await cassette.record(ask);
  expect(await cassette.play(ask)).toEqual(["data: one\n\n", "data: two\n\n", "data: thr", "ee\n\n"]);
});

test("trailers are recorded and replayed", async () => {
  await using server = await startHttp2Server((stream) => {
    stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "5", "grpc-message": "not found" }));
    stream.end("x");
  });
  using cassette = testCassette();
  const ask = () => withSession(server.url, (session) => send(session, POST, BODY));
  const live = await ask();
  expect(live.trailers).toEqual({ "grpc-status": "5", "grpc-message": "not found" });
  expect(seen(await cassette.record(ask))).toEqual(seen(live));
  await server.close();
  expect(seen(await cassette.play(ask))).toEqual(seen(live));
});

const ENDS: readonly (readonly [string, (stream: ServerHttp2Stream) => unknown])[] = [
  ["RST_STREAM before a response", (stream) => stream.close(http2.constants.NGHTTP2_REFUSED_STREAM)],
  [
    "RST_STREAM in a body",
    async (stream) => {
      stream.respond({ ":status": 200, "content-type": "text/event-stream" });
      stream.write("data: one\n\n");
      await pause(30);
      stream.close(http2.constants.NGHTTP2_ENHANCE_YOUR_CALM);
    },
  ],
  [
    "GOAWAY with an error",
    async (stream) => {
      stream.respond({ ":status": 200, "content-type": "text/event-stream" });
      stream.write("data: one\n\n");
      await pause(30);
      stream.session?.destroy(undefined, http2.constants.NGHTTP2_PROTOCOL_ERROR);
    },
  ],
  [
    "a closed connection",
    async (stream) => {
      stream.respond({ ":status": 200, "content-type": "text/event-stream" });
      stream.write("data: one\n\n");
      await pause(30);
      stream.session?.socket.destroy();
    },
  ],
  ["an empty response", (stream) => stream.respond({ ":status": 204 }, { endStream: true })],
];

test.for(ENDS)("%s is the same live, recorded and replayed", async ([, end]) => {
  await using server = await startHttp2Server(end);
  using cassette = testCassette();
  const ask = () => withSession(server.url, (session) => send(session, POST, BODY));
  const live = await ask();
  expect(seen(await cassette.record(ask))).toEqual(seen(live));
  await server.close();
  expect(seen(await cassette.play(ask))).toEqual(seen(live));
});

test("a refused connection is the same live, recorded and replayed", async () => {
  const server = await startHttp2Server(streamed);
  await server.close();
  using cassette = testCassette();
  const ask = () =>
    new Promise((resolve) => {
      const session = http2.connect(server.url);
      session.on("error", (error: NodeJS.ErrnoException) => resolve(`${error.code} ${error.message}`));
      const stream = session.request(POST);
      stream.on("error", () => undefined);
      stream.end(BODY);
    });
  const live = await ask();
  expect(live).toMatch(/^ECONNREFUSED connect ECONNREFUSED 127\.0\.0\.1:\d+$/);
  expect(await cassette.record(ask)).toBe(live);
  expect(await cassette.play(ask)).toBe(live);
});

test("a client that stops reading stops the server, and is on the tape as aborted", async () => {
  let closedWith: number | undefined;
  await using server = await startHttp2Server(async (stream) => {
    stream.on("close", () => {
      closedWith = stream.rstCode;
    });
    stream.respond({ ":status": 200, "content-type": "text/event-stream" });
    while (!stream.destroyed) {
      stream.write("data: more\n\n");
      await pause(5);
    }
  });
  using cassette = testCassette();
  const ask = () =>
    withSession(server.url, (session) => {
      const stream = session.request(POST);
      stream.on("error", () => undefined);
      stream.end(BODY);
      stream.once("data", () => stream.close(http2.constants.NGHTTP2_CANCEL));
      return new Promise((resolve) => stream.once("close", () => resolve(stream.rstCode)));
    });
  expect(await cassette.record(ask)).toBe(http2.constants.NGHTTP2_CANCEL);
  await expect.poll(() => closedWith).toBe(http2.constants.NGHTTP2_CANCEL);
  await cassette.play(async ({ interactions }) => {
    expect(interactions[0]?.response.end).toBe("aborted");
    expect(await ask()).toBe(http2.constants.NGHTTP2_CANCEL);
  });
});

test("a request that is not on the tape is a miss, and never reaches the server", async () => {
  await using server = await startHttp2Server(streamed);
  using cassette = testCassette();
  await cassette.record(() => withSession(server.url, (session) => send(session, POST, BODY)));
  const { connections } = server;
  let got: Got | undefined;
  const playing = cassette.play(async () => {
    got = await withSession(server.url, (session) => send(session, POST, '{"model":"other"}'));
  });
  await expect(playing).rejects.toMatchObject({ code: "CASSETTE_MISS" });
  expect(got?.status).toBe(400);
  expect(got?.headers["x-should-retry"]).toBe("false");
  expect(server.connections).toBe(connections);
});

test("loopback traffic that no profile recognizes reaches its server, both ways at once", async () => {
  await using server = await startHttp2Server((stream) => {
    stream.respond({ ":status": 200 }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "x-end": "1" }));
    stream.pipe(stream);
  });
  using cassette = testCassette();
  await cassette.play(async (open) => {
    const echoed = await withSession(server.url, async (session) => {
      const stream = session.request({ ":method": "POST", ":path": "/echo" });
      let trailers: object = {};
      stream.on("trailers", (received) => {
        trailers = plain(received);
      });
      const heard: string[] = [];
      for (const said of ["one", "two"]) {
        stream.write(said);
        heard.push(String(await new Promise((resolve) => stream.once("data", resolve))));
      }
      stream.end();
      stream.resume();
      await new Promise((resolve) => stream.once("close", resolve));
      return { heard, trailers };
    });
    expect(echoed).toEqual({ heard: ["one", "two"], trailers: { "x-end": "1" } });
    expect(open.requests).toEqual([]);
  });
  expect(server.paths).toEqual(["/echo"]);
});

test("a session from before the cassette is recorded and replayed, and is free again afterwards", async () => {
  await using server = await startHttp2Server(streamed);
  using cassette = testCassette();
  await withSession(server.url, async (session) => {
    await send(session, POST, BODY);
    const recorded = await cassette.record(() => send(session, POST, BODY));
    expect(recorded.chunks.join("")).toBe("data: one\n\ndata: two\n\ndata: three\n\n");
    expect(server.paths).toHaveLength(2);
    expect((await cassette.play(() => send(session, POST, BODY))).chunks).toEqual(recorded.chunks);
    expect(server.paths).toHaveLength(2);
    await send(session, POST, BODY);
    expect(server.paths).toHaveLength(3);
  });
});

test("a session that was never used before the cassette cannot be caught: its request fails, and so does the test", async () => {
  await using server = await startHttp2Server(streamed);
  using cassette = testCassette({ include: [server.url] });
  await withSession(server.url, async (session) => {
    await once(session, "connect");
    const errors: unknown[] = [];
    const playing = cassette.play(async () => {
      errors.push((await send(session, POST, BODY)).error);
    });
    await expect(playing).rejects.toMatchObject({ code: "CASSETTE_UNRECORDED" });
    expect(errors).toEqual([expect.stringContaining("its session was opened before the cassette")]);
  });
});

test("a session that was opened in a cassette leads to its server after the cassette", async () => {
  await using server = await startHttp2Server(streamed);
  using cassette = testCassette();
  let session: ClientHttp2Session | undefined;
  await cassette.record(async () => {
    session = http2.connect(server.url);
    await send(session, POST, BODY);
  });
  const later = await send(session as ClientHttp2Session, POST, BODY);
  expect(later.status).toBe(200);
  expect(server.paths).toHaveLength(2);
  session?.close();
});

test("a connect that code kept from before the cassette is caught over TLS", async () => {
  await using server = await startHttp2Server(streamed, { tls: true });
  using cassette = testCassette();
  const kept = http2.connect;
  const ask = async () => {
    const session = kept(server.url, { ca: server.certificate });
    const got = await send(session, POST, BODY);
    session.close();
    return got;
  };
  await cassette.record(ask);
  await server.close();
  expect(await cassette.play(ask)).toMatchObject({ status: 200 });
});

test("large bodies pass both ways", async () => {
  const large = "x".repeat(8 * 2 ** 20);
  await using server = await startHttp2Server(async (stream) => {
    let length = 0;
    for await (const chunk of stream) length += (chunk as Buffer).length;
    stream.respond({ ":status": 200, "content-type": "text/plain" });
    stream.write(String(length));
    stream.end(large);
  });
  using cassette = testCassette();
  const ask = () => withSession(server.url, (session) => send(session, POST, large));
  const recorded = await cassette.record(ask);
  expect(recorded.chunks.join("") === large.length + large).toBe(true);
  expect((await cassette.play(ask, { chunks: "whole" })).chunks.join("") === large.length + large).toBe(true);
});

test.for(["record", "play"] as const)(
  "a request that waits for its response before it ends fails the test: %s",
  async (how) => {
    await using server = await startHttp2Server(streamed);
    using cassette = testCassette();
    const waiting = cassette[how](async () => {
      connect(server.url)
        .request({ ...POST, ":path": `${PATH}?key=sk-secret` })
        .write("the beginning");
      await pause(50);
    });
    await expect(waiting).rejects.toMatchObject({
      code: "CASSETTE_REQUEST_OPEN",
      message: expect.stringContaining(`set \`ignore: ["${server.url}${PATH}"]\` in useCassette()`),
    });
  },
);
