import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { interactionsOf } from "../../src/cassette/model.ts";
import { parseTape } from "../../src/format/index.ts";
import { chatRequest } from "../contract/support/endings.ts";
import { testCassette } from "../contract/support/taping.ts";
import { CLIENTS } from "../support/clients/index.ts";
import { startProviderServer } from "../support/provider-server/index.ts";

const DAY = 86_400_000;
const SOME = CLIENTS.filter(({ name }) => ["fetch", "node:http"].includes(name));
const realNow = performance.now.bind(performance);

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** Ways in which a clock is not to be relied on; `jump` is called with every chunk. */
const CLOCKS: Readonly<
  Record<string, { readonly start: () => void; readonly jump: (count: number) => void }>
> = {
  "a faked Date that jumps": {
    start: () => vi.useFakeTimers({ toFake: ["Date"] }),
    jump: (count) => vi.setSystemTime(Date.UTC(2001, 0, 1) + (count % 2 === 0 ? -1 : 1) * count * DAY),
  },
  "a system clock that is set back": {
    start: () => vi.spyOn(Date, "now").mockImplementation(() => 1_000_000_000_000 - realNow() * 1000),
    jump: () => undefined,
  },
  "a clock that stands still, performance.now and all": {
    start: () => vi.useFakeTimers({ toFake: ["Date", "performance", "hrtime"] }),
    jump: () => undefined,
  },
  "timers that are faked": {
    start: () =>
      vi.useFakeTimers({ toFake: ["setTimeout", "setInterval", "setImmediate", "Date", "performance"] }),
    jump: () => vi.setSystemTime(0),
  },
};

test.each(Object.keys(CLOCKS))("%s moves no time on a tape", async (name) => {
  const { start, jump } = CLOCKS[name] as (typeof CLOCKS)[string];
  for (const client of SOME) {
    await using server = await startProviderServer({ script: { pace: 5 } });
    using cassette = testCassette();
    const began = realNow();
    start();
    await cassette.record(async () => {
      for (let request = 0; request < 2; request++) {
        const { ended } = await client.send({
          ...chatRequest(server.url),
          onChunk: (_, count) => jump(count),
        });
        expect(ended).toBe(true);
      }
    });
    vi.useRealTimers();
    vi.restoreAllMocks();
    const took = realNow() - began;

    const tape = parseTape(readFileSync(join(cassette.dir, "tape.yaml"), "utf8"), { file: "tape.yaml" });
    expect(Math.abs(Date.parse(tape.recorded?.at ?? "") - Date.now())).toBeLessThan(60_000);
    const [first, second] = interactionsOf(tape);
    const times = first?.response.timing;
    const all = [first?.at, times?.headers, ...(times?.chunks ?? []), second?.at].map(Number);
    expect(all, client.name).toEqual([...all].sort((a, b) => a - b));
    // Seven chunks five milliseconds apart, by the real clock.
    expect(all.at(-2)).toBeGreaterThan(20);
    expect(second?.at).toBeLessThan(took);
    expect(second?.response.timing?.chunks.at(-1)).toBeLessThan(took);
  }
});
