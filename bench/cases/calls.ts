import type { BenchCase } from "../support/bench-case.ts";
import { cpuTime } from "../support/clock.ts";
import { loadPackage } from "../support/package.ts";

const CALLS = 1000;
const PLAYED = "a recorded function, played";
const COPIED = "structuredClone and JSON.stringify of its input, and a copy of its output";

const output = { celsius: 20, text: "Sunny. ".repeat(20) };
const inputOf = (index: number): object => ({ city: "Lyon", units: "c", index, days: [1, 2, 3] });

/** A function that was recorded, against the copies that its replay has to make. */
const benchCase: BenchCase = {
  title: "A call of a recorded function, replayed, each",
  unit: "µs",
  variants: [PLAYED, COPIED],
  together: true,
  launches: 3,
  repeats: 7,
  warmUps: 2,
  targets: [],
  async prepare(variant, { folder: dir }) {
    const call = async (_: object): Promise<object> => output;
    const callAll = async (each: (input: object) => Promise<object>): Promise<void> => {
      for (let index = 0; index < CALLS; index++) await each(inputOf(index));
    };
    if (variant === COPIED) {
      const copy = async (input: object): Promise<object> => {
        JSON.stringify(structuredClone(input));
        return structuredClone(output);
      };
      return async () => ((await cpuTime(() => callAll(copy))) * 1000) / CALLS;
    }
    const { withCassette } = await loadPackage();
    Object.assign(process.env, { RECORD: "1", RECORD_ON_CI: "1" });
    await withCassette("calls", { dir }, (cassette) => callAll(cassette.record("weather", call)));
    process.env.RECORD = "";
    return async () => {
      let time = Number.NaN;
      await withCassette("calls", { dir }, async (cassette) => {
        const replay = cassette.record("weather", call);
        time = await cpuTime(() => callAll(replay));
      });
      return (time * 1000) / CALLS;
    };
  },
};

export default benchCase;
