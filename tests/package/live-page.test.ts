import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page, type WebSocketRoute } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EventBus } from "../../src/events/bus.ts";
import { eventOutputs } from "../../src/events/outputs.ts";
import { timeNow } from "../../src/http/real-clock.ts";
import type { LiveView, startLiveView } from "../../src/live.ts";

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const dist = join(import.meta.dirname, "../.projects/node_modules/vitest-cassette/dist/live.js");
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** A folder for pictures of the page, to look at. */
const { PICTURES } = process.env;

/** The machine may be busy. */
const poll = (read: () => unknown) => expect.poll(read, { timeout: 15_000 });

let browser: Browser;
let view: LiveView;
const troubles: string[] = [];

async function openPage(query = "", prepare?: (page: Page) => Promise<unknown>): Promise<Page> {
  const page = await (await browser.newContext({ viewport: { width: 1200, height: 900 } })).newPage();
  page.on("pageerror", (error) => troubles.push(error.message));
  page.on("console", (message) => message.type() === "error" && troubles.push(message.text()));
  await prepare?.(page);
  await page.goto(`${view.url}${query}`);
  await poll(() => page.locator(".status").textContent()).toBe("live");
  return page;
}

interface Talk {
  readonly bus: EventBus;
  /** Sends the next piece of the answer. */
  say(text: string): void;
  end(): void;
}

/** A session that asks a model. */
function talk(id: string): Talk {
  const bus = new EventBus(id, eventOutputs(), () => ({ test: id, cassette: `cassettes/${id}.yaml` }));
  const sentAt = timeNow();
  let [index, whole] = [0, ""];
  bus.emit("llm_call", () => ({
    id: "1",
    method: "POST",
    url: "https://api.openai.com/v1/chat/completions",
    provider: "openai",
    model: "gpt-5-mini",
    prompt: "Why dark mode?",
  }));
  return {
    bus,
    say(text) {
      const at = timeNow() - sentAt;
      const chunk = { id: "1", index: index++, at, bytes: text.length, text, data: text };
      whole += text;
      bus.emit("chunk", () => chunk);
    },
    end() {
      const duration = timeNow() - sentAt;
      bus.emit("llm_result", () => ({
        id: "1",
        status: 200,
        replayed: false,
        text: whole,
        timing: { duration },
        chunks: index,
        bytes: whole.length,
      }));
      bus.end(false);
    },
  };
}

// Chromium is no npm package. Where it is missing, the page is not tested.
describe.skipIf(!existsSync(CHROMIUM))("the page of a live view", () => {
  beforeAll(async () => {
    const live = (await import(pathToFileURL(dist).href)) as { startLiveView: typeof startLiveView };
    view = await live.startLiveView();
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
    });
  });

  afterAll(async () => {
    await view.close();
    await browser?.close();
  });

  test("shows text as it streams, gaps as they grow, calls and misses, and what was before", async () => {
    const page = await openPage();
    const { bus, say, end } = talk("tells a joke");
    say("Because ");
    const text = page.getByRole("region", { name: "Text" });
    await poll(() => text.textContent()).toBe("Because ");
    say("light ");
    await poll(() => text.textContent()).toBe("Because light ");
    // Nothing comes for a while.
    const picture = page.getByRole("img").first();
    await poll(() => picture.getAttribute("aria-label")).toMatch(/running for .*1 stall/);
    if (PICTURES !== undefined) await page.screenshot({ path: join(PICTURES, "running.png") });
    expect(await page.locator(".link.running").count()).toBe(1);

    say("attracts bugs.");
    bus.emit("tool_call", () => ({ id: "2", name: "weather", kind: "tool", input: { city: "Oslo" } }));
    bus.emit("miss", () => ({ message: "No recording of POST /v1/chat/completions" }));
    await poll(() => page.locator(".title").allTextContents()).toContain("tool weather");
    expect(await page.locator(".title").allTextContents()).toContain(
      "miss: No recording of POST /v1/chat/completions",
    );
    expect(await page.locator(".link.running.failed").textContent()).toContain("1 request · 1 miss");
    // The one that was open still is.
    expect(await text.textContent()).toBe("Because light attracts bugs.");
    await page.evaluate(axe);
    const found = await page.evaluate(async () => {
      const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string }[] }> } };
      return (await axe.run()).violations.map(({ id }) => id);
    });
    expect(found).toEqual([]);

    const late = await openPage();
    await poll(() => late.locator("h2").textContent()).toBe("tells a joke");
    await poll(() => late.getByRole("region", { name: "Text" }).textContent()).toBe(
      "Because light attracts bugs.",
    );
    end();
    await poll(() => picture.getAttribute("aria-label")).toContain("end after");
    expect(await page.locator(".link.running").count()).toBe(0);
    if (PICTURES !== undefined) await page.screenshot({ path: join(PICTURES, "ended.png") });
    expect(troubles).toEqual([]);
  });

  // Once, on a busy machine, the first message of the connection that is looked into here did not arrive.
  test("connects again, and shows a test that runs again once", { retry: 1 }, async () => {
    const connections: WebSocketRoute[] = [];
    const page = await openPage("&session=twice", (each) =>
      each.routeWebSocket(/events/, (route) => {
        connections.push(route);
        route.connectToServer();
      }),
    );
    const first = talk("runs twice");
    first.say("one");
    first.end();
    talk("is another").end();
    const text = page.getByRole("region", { name: "Text" });
    await poll(() => text.textContent()).toBe("one");
    await connections[0]?.close();
    await poll(() => page.locator(".status").textContent()).toBe("not connected");
    await poll(() => connections.length).toBe(2);
    await poll(() => text.textContent()).toBe("one");

    const second = talk("runs twice");
    second.say("other");
    await poll(() => text.textContent()).toBe("other");
    second.end();
    expect(await page.locator(".link-test").allTextContents()).toEqual(["runs twice"]);
  });

  test("1,000 sessions at once leave the page usable; when the run ends, it keeps what it has", async () => {
    const page = await openPage();
    await page.evaluate(() => {
      const state = globalThis as unknown as { longest: number };
      state.longest = 0;
      let before = performance.now();
      const step = (now: number): void => {
        state.longest = Math.max(state.longest, now - before);
        before = now;
        requestAnimationFrame(step);
      };
      requestAnimationFrame(step);
    });
    const talks = Array.from({ length: 1_000 }, (_, index) => talk(`session ${index}`));
    for (let round = 0; round < 3; round++) for (const { say } of talks) say(`round ${round} `);
    for (const { end } of talks) end();
    await poll(() => page.locator(".link").count()).toBeGreaterThan(1_000);
    await poll(() => page.locator(".link.running").count()).toBe(0);
    const longest = await page.evaluate(() => (globalThis as unknown as { longest: number }).longest);
    expect(longest).toBeLessThan(5_000);
    if (PICTURES !== undefined) console.log(`longest frame: ${longest} ms`);
    await view.close();
    await poll(() => page.locator(".status").textContent()).toBe("The run has ended.");
    expect(await page.locator("h2").textContent()).toBe("tells a joke");
  });
});
