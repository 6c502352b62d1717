import type { BenchCase } from "../support/bench-case.ts";
import { cpuTime } from "../support/clock.ts";
import { POSTS } from "../support/exchanges.ts";
import { prepareReplay } from "../support/replay.ts";
import { STUB } from "../support/stub.ts";
import { BY_HAND, OURS, PEERS } from "../support/tools.ts";

/** JSON requests through the global fetch, in a process that is warm. */
const benchCase: BenchCase = {
  title: "JSON POST replayed through global fetch, warm, each",
  unit: "µs",
  variants: [OURS, STUB, ...PEERS, ...BY_HAND],
  exchanges: ["posts"],
  launches: 5,
  repeats: 5,
  warmUps: 4,
  targets: [{ of: OURS, than: PEERS, atMost: 0.5 }],
  prepare: (tool, setting) =>
    prepareReplay(tool, "posts", setting, async (send) => ((await cpuTime(send)) * 1000) / POSTS),
};

export default benchCase;
