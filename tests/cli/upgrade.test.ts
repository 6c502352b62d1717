import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseTape, renderEntry } from "../../src/format/index.ts";
import { BY_HAND, createWorkspace, JOKE } from "./command.ts";

/** What this version writes for `JOKE`. */
const NOW = JOKE.replace(
  "first token 412 ms\n",
  "first token 412 ms\n  # > Why do programmers prefer dark mode?\n  # < Light attracts bugs.\n  # < finish: stop\n",
);
/** As an older version wrote it: another comment, and headers that are now a line of their own. */
const OLD = JOKE.replace(
  "{ content-type: text/event-stream; charset=utf-8 }",
  "{ date: today, content-type: text/event-stream; charset=utf-8, server: cloudflare }",
).replace("interactions:\n", "interactions:\n  # My own words.\n");

const meaning = (text: string): readonly string[] =>
  parseTape(text, { file: "" }).interactions.flatMap((entry) => renderEntry(entry, 2));

test("upgrade rewrites cassettes as this version would, and lists the changes", async () => {
  using workspace = createWorkspace({ "cassettes/a.yaml": OLD, "cassettes/b.yaml": NOW });
  const checked = await workspace.run("upgrade --check");
  expect(workspace.read("cassettes/a.yaml")).toBe(OLD);
  expect(checked.code).toBe(1);
  expect(checked.out).toMatchInlineSnapshot(`
    "cassettes/a.yaml
          # 1 · openai chat · gpt-5-mini · 3 tokens · first token 412 ms
      +   # > Why do programmers prefer dark mode?
      +   # < Light attracts bugs.
      +   # < finish: stop
          - at: 0
        …
              status: 200
      -       headers: { date: today, content-type: text/event-stream; charset=utf-8, server: cloudflare }
      +       headers: { content-type: text/event-stream; charset=utf-8 }
      +       transport: { date: today, server: cloudflare }
              end: complete
    1 of 2 cassettes would change.
    To rewrite: npx vitest-cassette upgrade
    "
  `);
  expect(await workspace.run("upgrade --check b")).toEqual({
    code: 0,
    out: "1 cassette up to date.\n",
    error: "",
  });

  const { code, out } = await workspace.run("upgrade");
  expect([code, out.split("\n").at(-2)]).toEqual([0, "1 of 2 cassettes rewritten."]);
  const text = workspace.read("cassettes/a.yaml");
  expect(text).toContain("  # My own words.\n  # 1 · openai chat");
  expect(text).toContain("      transport: { date: today, server: cloudflare }\n");
  expect(meaning(text)).toEqual(meaning(OLD));
  expect((await workspace.run("upgrade --json")).out).toBe(
    `${JSON.stringify({ cassettes: 2, changed: [], written: true }, null, 2)}\n`,
  );
});

test("upgrade keeps hand-written parts, except the comments that a recording writes", async () => {
  const commented = NOW.replace("- at: 0\n", "- at:   0 # mine\n").replace(
    "# < Light attracts bugs.",
    "# < stale",
  );
  const markdown = NOW.replace("- at: 0\n", "- at:   0\n")
    .replace(
      "- { role: user, content: Why do programmers prefer dark mode? }",
      "- role: user\n            content: |-\n              # Why\n              # do they?",
    )
    .replace("# > Why do programmers prefer dark mode?", "# > # Why\n  # > # do they?");
  using workspace = createWorkspace({
    "cassettes/by-hand.yaml": BY_HAND,
    "cassettes/commented.yaml": commented,
    "cassettes/markdown.yaml": markdown,
  });
  expect((await workspace.run("upgrade")).code).toBe(0);
  expect(workspace.read("cassettes/by-hand.yaml")).toBe(BY_HAND);
  expect(workspace.read("cassettes/commented.yaml")).toBe(
    commented.replace("# < stale", "# < Light attracts bugs."),
  );
  // A number sign in a text is no comment.
  expect(workspace.read("cassettes/markdown.yaml")).toBe(markdown.replace("at:   0", "at: 0"));
});

test("the cassettes of this repository are up to date", async () => {
  const folder = join(import.meta.dirname, "../../cassettes");
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".yaml"),
  );
  using workspace = createWorkspace(
    Object.fromEntries(names.map((name) => [`cassettes/${name}`, readFileSync(join(folder, name), "utf8")])),
  );
  expect((await workspace.run("upgrade --check")).out).toBe(`${names.length} cassettes up to date.\n`);
});

test("upgrade reports what it cannot read, writes no secret into a comment, and keeps the line ends", async () => {
  const key = "opaque-0123456789-value";
  using workspace = createWorkspace({
    "cassettes/broken.yaml": "cassette: 1\ninteractions: {}\n",
    "cassettes/leaky.yaml": OLD.replace("Light ", `Light ${key} `),
    "cassettes/windows.yaml": OLD.replaceAll("\n", "\r\n"),
  });
  const { code, out, error } = await workspace.run("upgrade", { env: { SOME_API_KEY: key } });
  expect([code, out.split("\n").at(-2)]).toEqual([1, "2 of 3 cassettes rewritten."]);
  expect(error).toMatch(/^error CASSETTE_TAPE_INVALID: Failed to read cassettes\/broken\.yaml/);
  expect(out).not.toContain(key);
  const text = workspace.read("cassettes/leaky.yaml");
  expect(text).toContain("# < Light <redacted:some-api-key> attracts bugs.\n");
  expect(workspace.read("cassettes/windows.yaml").replaceAll("\r\n", "")).not.toContain("\n");
});
