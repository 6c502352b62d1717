import type { BenchCase } from "../support/bench-case.ts";
import { cpuTime } from "../support/clock.ts";
import { replay } from "../support/replay.ts";
import { STUB } from "../support/stub.ts";
import { BY_HAND, OURS, PEERS } from "../support/tools.ts";

/** What a process pays until it has its first answer: loading the tool, opening a recording of 20 KB, the request. */
const benchCase: BenchCase = {
  title: "Loading the tool, opening a recording of 20 KB, the first request",
  unit: "ms",
  variants: [OURS, STUB, ...PEERS, ...BY_HAND],
  exchanges: ["20-kb"],
  launches: 7,
  repeats: 1,
  targets: [],
  prepare: (tool, setting) => () =>
    cpuTime(() =>
      replay(tool, "20-kb", setting, async (send) => {
        await send();
        return 0;
      }),
    ),
};

export default benchCase;
