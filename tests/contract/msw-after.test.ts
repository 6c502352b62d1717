// First, so that clients capture a fetch that nobody has patched.
import "../support/clients/index.ts";
import { describe } from "vitest";
import { describeWithMsw, userServer } from "./support/msw-suite.ts";
import { testCassette } from "./support/taping.ts";

describe("with an msw server that listens after us", () => {
  describeWithMsw(async () => {
    using cassette = testCassette();
    await cassette.play(() => undefined);
    userServer.listen({ onUnhandledFrame: "bypass" });
  });
});
