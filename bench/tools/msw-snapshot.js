import { setupServer } from "msw/node";
import { snapshot } from "msw-snapshot";

const use = async (basePath, updateSnapshots, work) => {
  const ignoreSnapshots = updateSnapshots === "all";
  const server = setupServer(snapshot({ basePath, updateSnapshots, ignoreSnapshots }));
  server.listen();
  await work();
  server.close();
};

/** @type {import("../support/tools.ts").Tool} */
export const tool = {
  record: (folder, origin, work) => use(folder, "all", () => work(origin)),
  replay: (folder, origin, work) => use(folder, "none", () => work(origin)),
};
