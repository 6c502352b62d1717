// First, before anything is patched.

import { mock } from "mock-under-test";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { useCassette } from "vitest-cassette";
import { patched } from "./native.ts";
import { ALL, SEEN } from "./ways.ts";

const { HTTP = "", HTTPS = "" } = process.env;
const PROTOCOLS = ["http", "https"] as const;
const LIVE = { http: HTTP, https: HTTPS };

function describeMocks(): void {
  test.for(PROTOCOLS)("%s", async (protocol) => {
    const origin = `${protocol}://mocked.example`;
    for (const [name, send] of SEEN) {
      expect(JSON.parse(await send(`${origin}/json`)), name).toEqual({ from: "mock" });
      expect(await send(`${origin}/stream`), name).toBe("abc");
      expect(await send(`${origin}/echo`, "said"), name).toBe("said");
    }
  });
}

/** The second request of a client may use the connection of the first. */
async function expectTwice(url: string, text: string): Promise<void> {
  for (const [name, send] of ALL) {
    for (let time = 0; time < 2; time++) expect(await send(url), name).toBe(text);
  }
}

function describeLive(): void {
  test.for(PROTOCOLS)("%s", (protocol) => expectTwice(`${LIVE[protocol]}/live`, "live /live"));
}

function describePlayed(): void {
  test.for(PROTOCOLS)("%s", (protocol) => expectTwice(`${protocol}://played.example/`, "from the tape"));
}

function playing(): void {
  beforeEach(() => {
    useCassette("played", { unplayed: "ignore", repeat: "last" });
  });
}

describe(process.env.CASE ?? "", () => {
  describe("no cassette, no mocks", () => {
    test("nothing is patched", () => expect(patched()).toEqual([]));
    describe("live", describeLive);
  });

  describe("a cassette alone", () => {
    playing();
    describe("played", describePlayed);
  });

  describe("mocks on before and after each cassette", () => {
    beforeAll(() => mock.on());
    afterAll(() => mock.off());
    describe("closed: mocked", describeMocks);
    describe("closed: live", describeLive);
    describe("open: mocked", () => {
      playing();
      describeMocks();
    });
    describe("open: played", () => {
      playing();
      describePlayed();
    });
    describe("open: recorded", () => {
      for (const protocol of PROTOCOLS) {
        test.for(ALL)(`${protocol} by %s`, async ([name, send]) => {
          const cassette = useCassette(`recorded/${process.env.CASE}/${protocol}-${name}`, {
            mode: "hybrid",
          });
          expect(await send(`${LIVE[protocol]}/recorded`)).toBe("live /recorded");
          expect(cassette.stats).toMatchObject({ requests: 1, recorded: 1 });
        });
      }
    });
    describe("closed again: mocked", describeMocks);
    describe("closed again: live", describeLive);
  });

  describe("mocks within a cassette", () => {
    playing();
    beforeEach(() => {
      mock.on();
      return () => mock.off();
    });
    describe("mocked", describeMocks);
    describe("played", describePlayed);
  });

  describe("in turn", () => {
    for (const protocol of PROTOCOLS) {
      test.for(ALL)(`${protocol} by %s`, async ([name, send]) => {
        const played = (): Promise<string> => send(`${protocol}://played.example/`);
        const mocked = async (): Promise<void> => {
          if (!SEEN.some(([seen]) => seen === name)) return;
          expect(JSON.parse(await send(`${protocol}://mocked.example/json`))).toEqual({ from: "mock" });
        };
        const cassette = useCassette("played", { unplayed: "ignore", repeat: "last" });
        expect(await played()).toBe("from the tape");
        mock.on();
        await mocked();
        expect(await played()).toBe("from the tape");
        mock.off();
        expect(await played()).toBe("from the tape");
        mock.on();
        expect(await played()).toBe("from the tape");
        // What an older version of them has replaced cannot be put back under their hands.
        if (process.env.OLD === undefined) await cassette.eject();
        await mocked();
        mock.off();
      });
    }
  });

  describe("afterwards", () => {
    // What is sent after a cassette was ejected has a moment to be caught.
    test("nothing is patched", () => expect.poll(patched, { timeout: 2000 }).toEqual([]));
    describe("live", describeLive);
  });
});
