import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { unescapeDouble } from "../../src/format/fast-path/unescape.ts";

const parser = join(import.meta.dirname, "../../src/format/parse-tape.ts");

/** Bodies that are small to hold and have millions of places at which something is replaced. */
const BODIES: Readonly<Record<string, string>> = {
  escapes: `\`"\${"x\\\\\\\\n".repeat(4e6)}"\``,
  "doubled quotes": `\`'\${"x''".repeat(4e6)}'\``,
  lines: `\`|\\n\${"        x\\n".repeat(5e6)}\``,
};

test.each(Object.keys(BODIES))(
  "a body with millions of %s takes no more memory than it has to",
  (name) => {
    const script = `
    import { parseTape } from ${JSON.stringify(parser)};
    const head = "cassette: 1\\ninteractions:\\n  - request: { method: GET, url: https://a.test/ }\\n    response:\\n";
    const text = head + "      body: " + ${BODIES[name]} + "\\n";
    const { interactions } = parseTape(text, { file: "a.yaml" });
    console.log(interactions[0].response.chunks[0].length);
  `;
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ["--max-old-space-size=200", "--input-type=module", "--eval", script],
      { encoding: "utf8" },
    );
    expect({ status, stderr: status === 0 ? "" : stderr.slice(0, 500) }).toEqual({ status: 0, stderr: "" });
    expect(Number(stdout)).toBeGreaterThan(3e6);
  },
  30_000,
);

test("escapes are read the same wherever a long text is cut to read it", () => {
  const unit = '\\\\\\x41\\u0042\\U0001F600\\"a\\n';
  const said = '\\AB\u{1F600}"a\n';
  for (let lead = 0; lead < 40; lead++) {
    const times = Math.ceil(262_144 / unit.length) + 3;
    const text = unescapeDouble("-".repeat(lead) + unit.repeat(times));
    expect(text === "-".repeat(lead) + said.repeat(times), `${lead} characters before`).toBe(true);
  }
  expect(unescapeDouble(`${unit.repeat(30_000)}\\q`)).toBeUndefined();
});
