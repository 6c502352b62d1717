import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { tapes } from "./support.ts";

test("the stack of a miss has the lines that sent the request, and none of ours", async () => {
  using folder = tapes();
  const ask = (): Promise<Response> => fetch("https://api.openai.com/v1/models");
  const error = await folder.play("none", {}, ask).then(
    () => undefined,
    (reason: Error) => reason,
  );
  const frames = error?.stack?.match(/^ {4}at .*$/gm);
  expect(frames?.[0]).toContain("call-site.test.ts");
  expect(frames?.join("\n")).not.toContain(fileURLToPath(new URL("../../src/", import.meta.url)));
});
