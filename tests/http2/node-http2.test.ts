import http2, { connect } from "node:http2";
import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { testCassette } from "../contract/support/taping.ts";
import { send, startHttp2Server, withSession } from "./support.ts";

const POST = { ":method": "POST", ":path": "/v1/chat/completions", "content-type": "application/json" };

test.for([false, true])(
  "a streamed response is the same live, recorded and replayed (TLS %s)",
  async (tls) => {
    await using server = await startHttp2Server(
      async (stream) => {
        stream.respond({ ":status": 200, "content-type": "text/event-stream", "x-own": "1" });
        for (const text of ["data: one\n\n", "data: two\n\n", "data: three\n\n"]) {
          stream.write(text);
          await pause(10);
        }
        stream.end();
      },
      { tls },
    );
    using cassette = testCassette();
    const ask = () =>
      withSession(server.url, (session) => send(session, POST, '{"model":"m"}'), { ca: server.certificate });
    const live = await ask();
    const recorded = await cassette.record(ask);
    const { connections } = server;
    const replayed = await cassette.play(async (open) => {
      const got = await ask();
      expect(open.interactions[0]?.request).toMatchObject({
        method: "POST",
        url: `${server.url}/v1/chat/completions`,
      });
      expect(open.interactions[0]?.response.statusText).toBe("OK");
      return got;
    });
    const seen = (got: typeof live) => ({ ...got, headers: { ...got.headers, date: "" } });
    expect(seen(recorded)).toEqual(seen(live));
    expect(seen(replayed)).toEqual(seen(live));
    expect(server.connections).toBe(connections);
  },
);
