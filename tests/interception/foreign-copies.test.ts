import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { HttpResponse, http } from "msw-other-copy";
import { setupServer } from "msw-other-copy/node";
import nock from "nock-other-copy";
import { afterEach, expect, test } from "vitest";
import { watchTraffic } from "../../src/interception/watch-traffic.ts";
import { type TestCassette, testCassette } from "../contract/support/taping.ts";

// The plugin does so before a test file runs.
watchTraffic();
nock.restore();

const msw = setupServer(http.get("http://msw.example/", () => HttpResponse.text("from msw")));

let isMswOn = false;

function startMsw(): void {
  isMswOn = true;
  msw.listen({ onUnhandledFrame: "bypass" });
}

function stopMsw(): void {
  if (isMswOn) msw.close();
  isMswOn = false;
}

function startNock(): void {
  nock.activate();
  nock("http://nock.example").persist().get("/").reply(200, "from nock");
}

afterEach(() => {
  stopMsw();
  nock.cleanAll();
  nock.restore();
});

const get = async (host: string): Promise<string> => (await fetch(`http://${host}.example/`)).text();

function playable(): TestCassette {
  const cassette = testCassette({ unplayed: "ignore", repeat: "last" });
  writeFileSync(
    join(cassette.dir, "tape.yaml"),
    `cassette: 1
interactions:
  - request: { method: GET, url: "http://played.example/" }
    response: { body: from the tape }
`,
  );
  return cassette;
}

test("a cassette is refused while two other copies of the interceptors are on, and their mocks go on", async () => {
  using cassette = playable();
  startMsw();
  startNock();
  await expect(cassette.play(() => undefined)).rejects.toMatchObject({ code: "CASSETTE_INTERCEPTORS" });
  expect([await get("msw"), await get("nock")]).toEqual(["from msw", "from nock"]);
  nock.restore();
  await cassette.play(async () => {
    expect([await get("msw"), await get("played")]).toEqual(["from msw", "from the tape"]);
  });
});

test("a second other copy is refused while a cassette is open, and the first goes on", async () => {
  using cassette = playable();
  await cassette.play(async () => {
    startMsw();
    expect(startNock).toThrow("Run `npm dedupe`, or switch one of them off while a cassette is open.");
    expect([await get("msw"), await get("played")]).toEqual(["from msw", "from the tape"]);
    stopMsw();
    startNock();
    expect([await get("nock"), await get("played")]).toEqual(["from nock", "from the tape"]);
  });
  startMsw();
  expect([await get("msw"), await get("nock")]).toEqual(["from msw", "from nock"]);
});
