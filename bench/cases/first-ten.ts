import type { BenchCase } from "../support/bench-case.ts";
import { cpuTime } from "../support/clock.ts";
import { replay } from "../support/replay.ts";
import { STUB } from "../support/stub.ts";
import { BY_HAND, OURS, PEERS } from "../support/tools.ts";

/** What the first requests of a fresh process cost, after its tape was opened. */
const benchCase: BenchCase = {
  title: "JSON POST replayed through global fetch, first 10 in a process, all",
  unit: "ms",
  variants: [OURS, STUB, ...PEERS, ...BY_HAND],
  exchanges: ["ten"],
  launches: 9,
  repeats: 1,
  targets: [{ of: OURS, than: PEERS, atMost: 0.5 }],
  prepare: (tool, setting) => () => replay(tool, "ten", setting, cpuTime),
};

export default benchCase;
