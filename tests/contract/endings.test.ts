import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CLIENTS } from "../support/clients/index.ts";
import { type ProviderServer, startProviderServer } from "../support/provider-server/index.ts";
import { ENDINGS } from "./support/endings.ts";
import { expectAllSame, expectOnTape, threeWays } from "./support/three-ways.ts";

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterAll(() => server.close());

describe.for(CLIENTS)("$name", (client) => {
  test.for(ENDINGS)("gets $name the same way live, recorded and replayed", async (ending) => {
    const all = await threeWays(client, server, () => ending.request(server.url));
    expectAllSame(all);
    expectOnTape(all, ending, client);
    expect(all.tape[0]?.response.chunks).toHaveLength(ending.chunks);
  });
});
