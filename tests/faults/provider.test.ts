import { afterAll, beforeAll, expect, test } from "vitest";
import { testCassette } from "../contract/support/taping.ts";
import { seen, transportLast } from "../contract/support/three-ways.ts";
import { CLIENTS, type ClientError, type ClientResult } from "../support/clients/index.ts";
import { HOSTILE_ANSWERS } from "./hostile-answers.ts";
import { type RawServer, startRawServer } from "./raw-server.ts";

let server: RawServer;
beforeAll(async () => {
  server = await startRawServer(HOSTILE_ANSWERS);
});
afterAll(() => server[Symbol.asyncDispose]());

const NAMES = ["fetch", "undici request", "node:http"];
const SOME = CLIENTS.filter(({ name }) => NAMES.includes(name));

test.each(Object.keys(HOSTILE_ANSWERS))(
  "%s: clients see the same live, recorded and replayed",
  async (name) => {
    for (const client of SOME) {
      using cassette = testCassette({ include: [server.url] });
      const send = (): Promise<ClientResult> => client.send({ url: server.urlOf(name), method: "GET" });
      const seenBy = (result: ClientResult): unknown => outcome(result, client.name);
      const liveResult = await send();
      const live = seenBy(liveResult);
      const recorded = seenBy(await cassette.record(send));
      expect(recorded, `${client.name} while recording`).toEqual(live);
      const replayed = seenBy(transportLast(await cassette.play(send)));
      expect(replayed, `${client.name} while replaying`).toEqual(seenBy(transportLast(liveResult)));
    }
  },
);

function outcome(result: ClientResult, client: string): unknown {
  const { chunks, error } = result;
  const body = Buffer.concat(chunks).toString("latin1");
  return {
    ...(seen(result) as object),
    chunks: body,
    ...(error === undefined ? {} : { error: told(error, client) }),
  };
}

/**
 * A tape keeps of a failure its code and message; the classes of parsers' errors are their own, of which fetch's are
 * known by these. Below fetch everything is sent, and so read, by `node:http`.
 */
function told({ name, code, message, cause }: ClientError, client: string): unknown {
  const isParser =
    /^(?:HPE_|UND_ERR_HEADERS_OVERFLOW|UND_ERR_RES_CONTENT)/.test(code ?? "") ||
    message.includes("HTTP/1.1 protocol");
  if (isParser && client === "undici request") return "a parser's error";
  if (isParser && client === "node:http") return { code, message };
  return { name, code, message, cause: cause && told(cause, client) };
}
