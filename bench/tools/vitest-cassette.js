import { withCassette } from "../../dist/core.js";

/** @type {import("../support/tools.ts").Tool} */
export const tool = {
  async record(dir, origin, work) {
    Object.assign(process.env, { RECORD: "1", RECORD_ON_CI: "1" });
    await withCassette("tape", { dir, include: [origin] }, () => work(origin));
  },
  async replay(dir, origin, work) {
    process.env.RECORD = "";
    await withCassette("tape", { dir, include: [origin] }, () => work(origin));
  },
};
