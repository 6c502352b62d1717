import { Ollama } from "ollama";
import { expect, test } from "vitest";
import { tapes } from "./support.ts";

test("a client that shows errors as they are shows the reason of a miss, whoever it is", async () => {
  using folder = tapes();
  const host = "http://127.0.0.1:9";
  const played = folder.play("empty", { include: [host] }, () =>
    new Ollama({ host }).chat({ model: "llama3", messages: [{ role: "user", content: "hi" }] }),
  );
  await expect(played).rejects.toThrow(
    /^Failed to play: POST http:\/\/127\.0\.0\.1:9\/api\/chat: there is no cassette yet$/,
  );
});

test.each(["include", "ignore"] as const)(
  "a function under %s that answers with a promise is an error, and no yes",
  async (option) => {
    using folder = tapes();
    const selector = (async () => false) as never;
    const played = folder.play("empty", { [option]: [selector] }, () =>
      fetch("http://127.0.0.1:9/v1/models"),
    );
    await expect(played).rejects.toThrow(
      "A function there returned a promise, but has to answer at once, with true or false.",
    );
  },
);
