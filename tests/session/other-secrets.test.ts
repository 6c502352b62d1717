import { expect, test } from "vitest";
import type { CassetteMissError } from "../../src/diagnosis/miss-error.ts";
import { interaction, tapes } from "./support.ts";

const URL_ = "https://api.example.com/v1/profile";
const recorded = (token: string, answer: string, url = URL_) =>
  interaction(url, { chunks: [Buffer.from(answer)] }, { password: token });

/** Secrets of another machine than that of the tape. */
const [ALICE, BOB] = ["correct-horse-battery-41", "staple-tr0ub4dor-and-3"];

async function ask(password: string, url = URL_): Promise<string> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ password }),
  });
  return response.text();
}

test("requests that differ only in their secrets are answered each by its own recordings", async () => {
  using folder = tapes();
  folder.tape("two", [
    recorded("<redacted:password>", "alice 1"),
    recorded("<redacted:password-2>", "bob"),
    recorded("<redacted:password>", "alice 2"),
  ]);
  const answers: string[] = [];
  await folder.play("two", {}, async () => {
    for (const password of [ALICE, ALICE, BOB]) answers.push(await ask(password));
  });
  expect(answers).toEqual(["alice 1", "alice 2", "bob"]);
});

test("a second secret does not play the recording of the first", async () => {
  using folder = tapes();
  folder.tape("one", [
    recorded("<redacted:password>", "alice 1"),
    recorded("<redacted:password>", "alice 2"),
  ]);
  const error: CassetteMissError = await folder
    .play("one", { unplayed: "ignore" }, async () => {
      expect(await ask(ALICE)).toBe("alice 1");
      expect(await ask(BOB)).toContain("another secret");
      expect(await ask(ALICE)).toBe("alice 2");
    })
    .then(
      () => expect.unreachable(),
      (caught) => caught,
    );
  expect(error.misses).toHaveLength(1);
  expect(error.message).toContain("it has another secret than the recording.");
  expect(error.message).toContain("At body.password, this request has another secret");
  for (const secret of [ALICE, BOB]) expect(error.message).not.toContain(secret);
});

test("a secret stays bound from one endpoint to the next, and in query parameters", async () => {
  using folder = tapes();
  const next = "https://api.example.com/v1/next";
  folder.tape("bound", [
    recorded("<redacted:password>", "first"),
    recorded("<redacted:password>", "second", `${next}?token=%3Credacted%3Atoken%3E`),
  ]);
  await folder.play("bound", {}, async () => {
    expect(await ask(ALICE)).toBe("first");
    expect(await ask(ALICE, `${next}?token=${BOB}`)).toBe("second");
  });
  const error: Error = await folder
    .play("bound", { unplayed: "ignore" }, async () => {
      expect(await ask(ALICE)).toBe("first");
      await ask(BOB, `${next}?token=x-1234-5678-9012`);
    })
    .then(
      () => expect.unreachable(),
      (caught) => caught,
    );
  expect(error.message).toContain("another secret");
});
