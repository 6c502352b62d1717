import { FileStorage, RecordMode, VCR } from "vcr-test";

const use = async (folder, mode, work) => {
  const vcr = new VCR(new FileStorage(folder));
  vcr.mode = mode;
  await vcr.useCassette("tape", work);
};

/** @type {import("../support/tools.ts").Tool} */
export const tool = {
  record: (folder, origin, work) => use(folder, RecordMode.once, () => work(origin)),
  replay: (folder, origin, work) => use(folder, RecordMode.none, () => work(origin)),
};
