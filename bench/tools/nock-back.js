import nock from "nock";

const use = async (folder, mode, work) => {
  nock.back.fixtures = folder;
  nock.back.setMode(mode);
  const { nockDone } = await nock.back("tape.json");
  await work();
  nockDone();
};

/** @type {import("../support/tools.ts").Tool} */
export const tool = {
  record: (folder, origin, work) => use(folder, "record", () => work(origin)),
  replay: (folder, origin, work) => use(folder, "lockdown", () => work(origin)),
};
