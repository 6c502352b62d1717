import { defineProvider, setupLLMVCR } from "llm-cassette";

/** It goes off in a hook that it registers with the test runner. */
const use = async (cassetteDir, mode, origin, work) => {
  let stop = () => {};
  const afterAll = (hook) => {
    stop = hook;
  };
  Object.assign(globalThis, { afterAll });
  const fields = ["model", "messages", "max_tokens", "stream"];
  const provider = defineProvider({ name: "server", baseUrls: [origin], hashFields: fields });
  setupLLMVCR({ mode, cassetteDir, providers: [provider] });
  await work();
  stop();
};

/** @type {import("../support/tools.ts").Tool} */
export const tool = {
  record: (folder, origin, work) => use(folder, "record", origin, () => work(origin)),
  replay: (folder, origin, work) => use(folder, "replay", origin, () => work(origin)),
};
