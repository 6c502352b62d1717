import { afterAll, beforeAll, describe, test } from "vitest";
import { SECURE_CLIENTS, trustCertificate } from "../support/clients/index.ts";
import { type ProviderServer, startProviderServer } from "../support/provider-server/index.ts";
import { CONNECTION_ENDINGS } from "./support/endings.ts";
import { expectAllSame, expectOnTape, threeWays } from "./support/three-ways.ts";

let server: ProviderServer;
let trusted: boolean;
beforeAll(async () => {
  server = await startProviderServer({ tls: true });
  trusted = trustCertificate(server.certificate ?? "");
});
afterAll(() => server.close());

describe.for(SECURE_CLIENTS)("$name over TLS", (client) => {
  test.for(CONNECTION_ENDINGS)(
    "gets $name: the same live, recorded and replayed",
    async (ending, { skip }) => {
      skip(!trusted, "this Node cannot trust a certificate while it runs");
      const all = await threeWays(client, server, () => ending.request(server.url));
      expectAllSame(all);
      expectOnTape(all, ending, client);
    },
  );
});
