/** Runs in a process of its own, to be killed: records a body that does not end. */
import { withCassette } from "../../src/core.ts";

const [dir = "", url = ""] = process.argv.slice(2);
await withCassette("joke", { dir, maxBytes: 100 * 1024 * 1024 }, async () => {
  await (await fetch(url, { method: "POST", body: "{}" })).arrayBuffer();
});
