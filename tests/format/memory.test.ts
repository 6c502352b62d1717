import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

const parser = join(import.meta.dirname, "../../src/format/parse-tape.ts");

/** Bodies that are small to hold and have millions of places at which something is replaced. */
const BODIES: Readonly<Record<string, string>> = {
  escapes: `\`"\${"x\\\\\\\\n".repeat(4e6)}"\``,
  "doubled quotes": `\`'\${"x''".repeat(4e6)}'\``,
  lines: `\`|\\n\${"        x\\n".repeat(5e6)}\``,
};

test.each(Object.keys(BODIES))("a body with millions of %s takes no more memory than it has to", (name) => {
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
});
