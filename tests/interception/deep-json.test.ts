import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { testCassette } from "../contract/support/taping.ts";
import { head, startRawServer } from "../faults/raw-server.ts";
import { CLIENTS } from "../support/clients/index.ts";

const SHAPES: Readonly<Record<string, (depth: number) => string>> = {
  arrays: (depth) => "[".repeat(depth) + "]".repeat(depth),
  objects: (depth) => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`,
};
const CASES = Object.keys(SHAPES).flatMap((shape) =>
  [400, 4000, 100_000].map((depth) => [shape, depth] as const),
);
const SOME = CLIENTS.filter(({ name }) => ["fetch", "node:http"].includes(name));

test.each(CASES)("%s nested %i deep are taped as text, and matched", async (shape, depth) => {
  const text = SHAPES[shape]?.(depth) as string;
  await using server = await startRawServer({
    deep: async (wire) => {
      await wire.write(head("content-type: application/json", `content-length: ${text.length}`));
      await wire.write(text);
    },
  });
  // How deep the body is does not depend on the client.
  for (const client of depth > 4000 ? SOME.slice(0, 1) : SOME) {
    using cassette = testCassette({ include: [server.url] });
    const send = (body: string) =>
      client.send({
        url: server.urlOf("deep"),
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
      });
    const recorded = await cassette.record(() => send(text));
    expect(Buffer.concat(recorded.chunks).toString()).toBe(text);
    const yaml = readFileSync(join(cassette.dir, "tape.yaml"), "utf8");
    expect(yaml).toContain(text.slice(0, 50));
    const replayed = await cassette.play(() => send(text));
    expect(Buffer.concat(replayed.chunks).toString()).toBe(text);
    await expect(
      cassette.play(() => send(text.replace("1", "2").replace("[]", "[2]"))),
    ).rejects.toMatchObject({
      code: "CASSETTE_MISS",
    });
  }
});
