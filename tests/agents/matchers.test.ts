import { afterEach, expect, test, vi } from "vitest";
import type { Cassette } from "../../src/core.ts";
import { anyNumberOf, oneOrMore, optional } from "../../src/vitest/matchers/quantifiers.ts";
import { registerMatchers } from "../../src/vitest/register-matchers.ts";
import { agentTape } from "./support.ts";

registerMatchers();
afterEach(() => vi.unstubAllEnvs());

function messageOf(assert: () => void): string {
  try {
    assert();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("It passed.");
}

/** Runs the same code recorded and played, and checks after each. */
async function both(check: (cassette: Cassette) => void): Promise<void> {
  using tape = agentTape();
  const run = async (cassette: Cassette): Promise<void> => {
    const search = cassette.record("search", async (query: { q: string }) => query.q);
    const open = cassette.wrap({ open: async (page: number) => page }).open;
    await cassette.step("plan", () => search({ q: "a" }));
    await cassette.step("read", async () => {
      await open(1);
      await search({ q: "b" });
    });
    await cassette.step("read", () => open(2));
    cassette.checkpoint("after reading");
    check(cassette);
  };
  await tape.record(run);
  await tape.play(run);
}

test("tools that the test's own code called", () =>
  both((cassette) => {
    expect(cassette).toHaveCalledTool("search");
    expect(cassette).toHaveCalledTool("search", { q: "b" });
    expect(cassette).toHaveCalledTool(/^op/, expect.any(Number));
    expect(cassette).not.toHaveCalledTool("delete");
    expect(cassette).not.toHaveCalledTool("search", { q: "c" });
    expect(cassette).toHaveCalledTools(["search", { name: "open", input: 1 }, "search", "open"]);
    expect(cassette).not.toHaveCalledTools(["search"]);
    expect(messageOf(() => expect(cassette).toHaveCalledTool("open", 3))).toBe(
      'expected a call of open with 3, but these were made: search with { q: "a" }, open with 1, search with { q: "b" } and open with 2',
    );
  }));

test("the order of calls", () =>
  both((cassette) => {
    expect(cassette).toHaveCallOrder(["search", "open"]);
    expect(cassette).toHaveCallOrder([{ name: "search", input: { q: "b" } }, "open"]);
    expect(cassette).not.toHaveCallOrder([{ input: 2 }, "search"]);
    expect(messageOf(() => expect(cassette).toHaveCallOrder(["open", "open", "search"]))).toBe(
      "expected the calls open, open, search, but there is no search after call 4; these were made: search, open, search, open",
    );
  }));

test("steps, with quantifiers", () =>
  both((cassette) => {
    expect(cassette).toHaveSteps(["plan", "read", "read"]);
    expect(cassette).toHaveSteps([optional("think"), "plan", oneOrMore("read"), anyNumberOf("write")]);
    expect(cassette).toHaveSteps(["read"], { partial: true });
    expect(cassette).not.toHaveSteps(["plan", "read"]);
    expect(messageOf(() => expect(cassette).toHaveSteps(["plan", "write"]))).toBe(
      "expected the steps plan, write, but there is no write after step 1; these were made: plan, read, read",
    );
  }));

test("checkpoints", () =>
  both((cassette) => {
    expect(cassette).toHaveReached("after reading");
    expect(cassette).toHaveReached(/^after/);
    expect(cassette).not.toHaveReached("the end");
    expect(messageOf(() => expect(cassette).toHaveReached("the end"))).toBe(
      'expected the checkpoint "the end" to be reached, but these were: after reading',
    );
  }));
