import { type BenchCase, Cannot } from "../support/bench-case.ts";
import { loadPackage } from "../support/package.ts";
import { OURS } from "../support/tools.ts";

const MEGABYTES = 45;
const LIMIT = "3 s";

/** Closing a cassette that has recorded a large binary body. */
const benchCase: BenchCase = {
  title: `Closing a cassette that recorded ${MEGABYTES} MB of binary`,
  unit: "ms",
  variants: [OURS, LIMIT],
  live: true,
  launches: 3,
  repeats: 1,
  targets: [{ of: OURS, than: [LIMIT], atMost: 1 }],
  async prepare(variant, { folder: dir, origin }) {
    if (variant === LIMIT) return () => 3000;
    const { withCassette } = await loadPackage();
    Object.assign(process.env, { RECORD: "1", RECORD_ON_CI: "1" });
    return async () => {
      let ended = 0;
      await withCassette("tape", { dir, include: [origin], maxBytes: 2 ** 30 }, async () => {
        const response = await fetch(`${origin}/v1/files?megabytes=${MEGABYTES}`, { method: "POST" });
        const { byteLength } = await response.arrayBuffer();
        if (byteLength !== MEGABYTES * 2 ** 20) throw new Cannot(`only ${byteLength} bytes arrived`);
        ended = performance.now();
      });
      return performance.now() - ended;
    };
  },
};

export default benchCase;
