import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Interaction, Tape } from "../../src/cassette/model.ts";
import { renderTape } from "../../src/format/index.ts";

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const bin = join(import.meta.dirname, "../.projects/node_modules/vitest-cassette/dist/bin.js");
const folder = mkdtempSync(join(tmpdir(), "vitest-cassette-report-"));
const url = pathToFileURL(join(folder, "report.html")).href;
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** Chromium takes its time on a busy machine. */
const SOON = { timeout: 20_000 };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A stream that says the words, one each 50 ms, with a stall of two seconds in the middle. */
function answer(words: readonly string[], prompt: string): Interaction {
  const event = (delta: object): Uint8Array =>
    bytes(`data: ${JSON.stringify({ model: "gpt-5-mini", choices: [{ index: 0, delta }] })}\n\n`);
  const middle = Math.floor(words.length / 2);
  const chunks = [...words.map((word) => event({ content: `${word} ` })), bytes("data: [DONE]\n\n")];
  return {
    kind: "request",
    at: 0,
    request: {
      method: "POST",
      url: "https://api.openai.com/v1/chat/completions",
      headers: [],
      body: bytes(JSON.stringify({ model: "gpt-5-mini", messages: [{ role: "user", content: prompt }] })),
    },
    response: {
      status: 200,
      statusText: "OK",
      headers: [["content-type", "text/event-stream"]],
      chunks,
      timing: {
        headers: 100,
        chunks: chunks.map((_, index) => 200 + index * 50 + (index >= middle ? 2_000 : 0)),
      },
      end: "complete",
    },
  };
}

const refused: Interaction = {
  ...answer([], "Too much"),
  at: 4_000,
  response: {
    status: 429,
    statusText: "Too Many Requests",
    headers: [["content-type", "application/json"]],
    chunks: [bytes('{"error":{"message":"Slow down","type":"rate_limit"}}')],
    timing: { headers: 30, chunks: [40] },
    end: "complete",
  },
};

const tape = (...interactions: Tape["interactions"]): string =>
  renderTape({
    version: 1,
    recorded: { at: "2026-11-20T07:00:00.000Z", with: "vitest-cassette 0.1.0" },
    interactions,
  });

let browser: Browser;
/** Everything that a page asked for over the network or complained about. */
const troubles: string[] = [];

async function openPage(
  options: Parameters<Browser["newContext"]>[0] = {},
  withClock = false,
): Promise<Page> {
  const page = await (await browser.newContext(options)).newPage();
  if (withClock) await page.clock.install();
  page.on("pageerror", (error) => troubles.push(error.message));
  page.on("console", (message) => message.type() === "error" && troubles.push(message.text()));
  page.on("request", (request) => request.url() !== url && troubles.push(request.url()));
  await page.goto(url);
  return page;
}

// Chromium is no npm package. Where it is missing, the page is not tested.
describe.skipIf(!existsSync(CHROMIUM))("the page of a report", () => {
  beforeAll(async () => {
    if (!existsSync(CHROMIUM))
      throw new Error(`${CHROMIUM} is missing. Install Chromium, or name it in CHROMIUM.`);
    const cassettes = join(folder, "cassettes");
    mkdirSync(cassettes);
    writeFileSync(
      join(cassettes, "first.yaml"),
      tape(answer(["why", "dark", "mode"], "A joke </script><b>please")),
    );
    writeFileSync(
      join(cassettes, "second.yaml"),
      tape(
        answer(["why", "light", "mode"], "Another joke"),
        {
          kind: "call",
          at: 3_000,
          name: "weather",
          type: "tool",
          form: "promise",
          input: { city: "Oslo" },
          output: { degrees: -3 },
          end: "complete",
          duration: 20,
        },
        refused,
      ),
    );
    writeFileSync(
      join(cassettes, "large.yaml"),
      tape(
        answer(
          Array.from({ length: 10_000 }, (_, index) => `word${index}`),
          "Ten thousand words",
        ),
      ),
    );
    const args = ["report", "--dir", cassettes, "--no-config", "--out", join(folder, "report.html")];
    expect(execFileSync(process.execPath, [bin, ...args], { encoding: "utf8" })).toContain("3 cassettes");
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
    });
  });

  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test("is found, read and compared by keyboard, with no network", async () => {
    const page = await openPage();
    await expect.poll(() => page.locator("h2").textContent(), SOON).toBe("first");
    expect(await page.locator(".detail pre").first().textContent()).toBe("A joke </script><b>please");

    // The keys j and k go through the sessions, and / to the search.
    await page.keyboard.press("j");
    await expect.poll(() => page.locator("h2").textContent(), SOON).toBe("large");
    await page.keyboard.press("k");
    await expect.poll(() => page.locator("h2").textContent(), SOON).toBe("first");
    await page.keyboard.press("/");
    await page.keyboard.type("another oslo");
    expect(await page.locator(".link-test:visible").allTextContents()).toEqual(["second"]);

    // The playhead: before the stall, two of three words are there.
    const text = page.getByRole("region", { name: "Text" });
    await page.getByRole("slider", { name: "Playhead" }).fill("240");
    const dimmed = (): Promise<string> =>
      page.evaluate(() => [...(CSS.highlights.get("ahead") ?? [])].map(String).filter(Boolean).join("|"));
    expect(await text.textContent()).toBe("why dark mode ");
    expect(await dimmed()).toBe("dark mode ");
    expect(await page.getByRole("img").first().getAttribute("aria-label")).toContain(
      "first token after 200 ms, end after 2.4 s, 1 stall",
    );

    await page.getByRole("combobox", { name: "Compare" }).focus();
    await page.getByRole("combobox", { name: "Compare" }).selectOption({ index: 2 });
    expect(await page.locator("del").allTextContents()).toEqual(["dark"]);
    expect(await page.locator("ins").allTextContents()).toEqual(["light"]);
    expect(troubles).toEqual([]);
  });

  test("a stream is played at the chosen speed, paused, and seeked with the pointer", async () => {
    const page = await openPage({}, true);
    const playhead = page.getByRole("slider", { name: "Playhead" });
    const time = async (): Promise<number> => Math.round(Number(await playhead.inputValue()) / 100) * 100;
    await expect.poll(time, SOON).toBe(2_400);
    await page.getByRole("combobox", { name: "Speed" }).selectOption("5");
    await page.clock.pauseAt(Date.now() + 60_000);
    // From the end, it plays from the start.
    await page.getByRole("button", { name: "Play" }).click();
    await page.clock.runFor(200);
    // The first frame after the click comes at once, or one frame later.
    const played = await time();
    expect([900, 1_000]).toContain(played);
    await page.getByRole("button", { name: "Pause" }).click();
    await page.clock.runFor(200);
    expect(await time()).toBe(played);

    const picture = (await page.getByRole("img").boundingBox()) ?? { x: 0, y: 0, width: 0 };
    await page.mouse.click(picture.x + picture.width / 2, picture.y + 20);
    expect(await time()).toBe(1_200);

    // Of four chunks, one has arrived.
    const rows = page.getByRole("region", { name: "Raw chunks" }).getByRole("button");
    expect([await rows.count(), await page.locator(".raw-row.ahead").count()]).toEqual([4, 3]);
    await rows.last().click();
    expect(await page.getByLabel("The selected chunk").textContent()).toBe("data: [DONE]\n\n");
  });

  test("a page that changes between sessions keeps nothing of the old one", async () => {
    const page = await openPage();
    await page.getByRole("slider", { name: "Playhead" }).fill("240");
    await page.getByRole("link", { name: "second" }).click();
    expect(await page.evaluate(() => CSS.highlights.get("ahead")?.size)).toBe(0);
    expect(await page.locator(".item.failed .title").allTextContents()).toEqual([
      "openai · chat · gpt-5-mini",
    ]);
    const choice = page.getByRole("combobox", { name: "Compare" });
    await page.locator(".row").first().click();
    // Everything but the stream itself.
    expect(await choice.locator("option").count()).toBe(4);
  });

  test("the timeline shows tool calls with their input and output", async () => {
    const page = await openPage();
    await page.getByRole("link", { name: "second" }).click();
    await page.getByRole("button", { name: "tool weather" }).click();
    expect(await page.locator(".tool pre").allTextContents()).toEqual([
      '{\n  "city": "Oslo"\n}',
      '{\n  "degrees": -3\n}',
    ]);
  });

  test("a stream of 10,000 chunks draws only the rows in view", async () => {
    const page = await openPage();
    await page.getByRole("link", { name: "large" }).click();
    const list = page.getByRole("region", { name: "Raw chunks" });
    await list.evaluate((element) => element.scrollTo(0, element.scrollHeight));
    await expect.poll(() => list.locator("button").last().textContent(), SOON).toContain("10001");
    expect(await list.locator("button").count()).toBeLessThan(60);

    // The text is in blocks, and the playhead's is scrolled into view.
    const text = page.getByRole("region", { name: "Text" });
    expect((await text.textContent())?.split(" ").slice(9_998)).toEqual(["word9998", "word9999", ""]);
    await page.getByRole("slider", { name: "Playhead" }).fill("100210");
    const next = (): Promise<string> =>
      page.evaluate(() => {
        const [range] = [...(CSS.highlights.get("ahead") ?? [])].filter((each) => String(each) !== "");
        const pane = document.querySelector("[aria-label=Text]")?.getBoundingClientRect();
        const at = (range as Range | undefined)?.getClientRects()[0];
        const isInView = pane && at && at.top >= pane.top && at.bottom <= pane.bottom;
        return isInView ? String(range).split(" ", 1).join() : "out of view";
      });
    await expect.poll(next, SOON).toBe("word2001");
    expect(await text.locator(".ahead").first().textContent()).toMatch(/^word2\d+ /);
  });

  test.each([
    ["light", {}],
    ["dark, on a phone", { colorScheme: "dark", viewport: { width: 390, height: 800 } }],
  ] as const)("axe finds no problem: %s", async (_, options) => {
    const page = await openPage(options);
    await page.getByRole("link", { name: "second" }).click();
    await page.locator(".row").first().click();
    await page.evaluate(axe);
    const found = await page.evaluate(async () => {
      const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string }[] }> } };
      return (await axe.run()).violations.map(({ id }) => id);
    });
    expect(found).toEqual([]);
    const isTooWide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
    expect(isTooWide).toBe(false);
  });

  test("without JavaScript is a table of the cassettes", async () => {
    const page = await openPage({ javaScriptEnabled: false });
    expect(await page.locator("tbody th").allTextContents()).toEqual(["first", "large", "second"]);
  });
});
