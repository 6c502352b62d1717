import FetchAdapter from "@pollyjs/adapter-fetch";
import NodeHttpAdapter from "@pollyjs/adapter-node-http";
import { Polly } from "@pollyjs/core";
import FSPersister from "@pollyjs/persister-fs";

Polly.register(FetchAdapter);
Polly.register(NodeHttpAdapter);
Polly.register(FSPersister);

const use = async (folder, mode, work) => {
  const polly = new Polly("tape", {
    mode,
    adapters: ["fetch", "node-http"],
    persister: "fs",
    persisterOptions: { fs: { recordingsDir: folder } },
    recordIfMissing: false,
    logLevel: "silent",
  });
  await work();
  await polly.stop();
};

/** @type {import("../support/tools.ts").Tool} */
export const tool = {
  record: (folder, origin, work) => use(folder, "record", () => work(origin)),
  replay: (folder, origin, work) => use(folder, "replay", () => work(origin)),
};
