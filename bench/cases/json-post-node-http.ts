import type { BenchCase } from "../support/bench-case.ts";
import { cpuTime } from "../support/clock.ts";
import { POSTS } from "../support/exchanges.ts";
import { prepareReplay } from "../support/replay.ts";
import { BY_HAND, OURS, PEERS } from "../support/tools.ts";

/** The same through node:http: no slower than the fastest peer that can do it. */
const benchCase: BenchCase = {
  title: "JSON POST replayed through node:http, warm, each",
  unit: "µs",
  variants: [OURS, ...PEERS, ...BY_HAND],
  exchanges: ["posts-node:http"],
  launches: 5,
  repeats: 3,
  warmUps: 4,
  targets: [{ of: OURS, than: PEERS, atMost: 1 }],
  prepare: (tool, setting) =>
    prepareReplay(tool, "posts-node:http", setting, async (send) => ((await cpuTime(send)) * 1000) / POSTS),
};

export default benchCase;
