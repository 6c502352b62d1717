import type { BenchCase } from "../support/bench-case.ts";
import { cpuTime } from "../support/clock.ts";
import { planOf } from "../support/exchanges.ts";
import { prepareReplay } from "../support/replay.ts";
import { BYTE_STUB, STUB } from "../support/stub.ts";
import { BY_HAND, OURS, PEERS } from "../support/tools.ts";

const STREAMS = planOf("streams").requests.length;

/** A stream that is replayed at once, with its chunks kept apart. */
const benchCase: BenchCase = {
  title: "SSE of 250 chunks replayed through global fetch, each",
  unit: "µs",
  variants: [OURS, STUB, BYTE_STUB, ...PEERS, ...BY_HAND],
  exchanges: ["streams"],
  launches: 5,
  repeats: 7,
  warmUps: 4,
  targets: [
    { of: OURS, than: [STUB], atMost: 1.5 },
    { of: OURS, than: PEERS, atMost: 1 / 3 },
  ],
  prepare: (tool, setting) =>
    prepareReplay(tool, "streams", setting, async (send) => ((await cpuTime(send)) * 1000) / STREAMS),
};

export default benchCase;
