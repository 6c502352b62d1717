import { join } from "node:path";
import { getGlobalDispatcher, SnapshotAgent, setGlobalDispatcher } from "undici";

process.removeAllListeners("warning");

const use = async (folder, mode, work) => {
  const agent = new SnapshotAgent({ mode, snapshotPath: join(folder, "tape.json") });
  const before = getGlobalDispatcher();
  setGlobalDispatcher(agent);
  await work();
  if (mode === "record") await agent.saveSnapshots();
  setGlobalDispatcher(before);
  await agent.close();
};

/** @type {import("../support/tools.ts").Tool} */
export const tool = {
  record: (folder, origin, work) => use(folder, "record", () => work(origin)),
  replay: (folder, origin, work) => use(folder, "playback", () => work(origin)),
};
