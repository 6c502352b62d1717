import { expect, test } from "vitest";
import { drawStreams } from "../../src/vitest/run/draw-streams.ts";

const stream = {
  label: "1 · gpt-5-mini",
  arrivals: [
    { at: 40, amount: 10 },
    { at: 45, amount: 30 },
    { at: 90, amount: 20 },
    { at: 100, amount: 1 },
  ],
  firstToken: 40,
  duration: 100,
};

test("the picture of a stream has bars as high as what arrived, a line at the first token, and its duration", () => {
  expect(drawStreams([stream]).replaceAll("><", ">\n<")).toMatchInlineSnapshot(`
    "<svg xmlns="http://www.w3.org/2000/svg" width="480" height="44" font-family="system-ui, sans-serif" font-size="11" fill="#787878">
    <g transform="translate(0 0)">
    <text x="0" y="11">1 · gpt-5-mini</text>
    <text x="480" y="11" text-anchor="end">100 ms</text>
    <path d="M0 38.5h480" stroke="#787878" stroke-opacity="0.5"/>
    <path d="M192.5 38v-7M217.5 38v-22M432.5 38v-15M477.5 38v-1" stroke="#3b82f6" stroke-width="4"/>
    <path d="M191.6 39V14" stroke="#f97316"/>
    </g>
    </svg>"
  `);
});

test("streams are drawn below each other, and what has no times or arrives at once is drawn, too", () => {
  const bars = (of: string) => of.match(/<path d="([^"]*)" stroke="#3b82f6"/)?.[1];
  const untimed = drawStreams([{ label: "1", arrivals: [{ at: 0, amount: 3 }] }]);
  expect([bars(untimed), untimed.includes(" ms<")]).toEqual([undefined, false]);
  expect(bars(drawStreams([{ label: "1", arrivals: [{ at: 0, amount: 3 }], duration: 0 }]))).toBe(
    "M2.5 38v-22",
  );
  expect(bars(drawStreams([{ label: "1", arrivals: [], duration: 9 }]))).toBe("");
  const many = drawStreams(Array.from({ length: 30 }, () => stream));
  expect(many.match(/<g /g)).toHaveLength(24);
  expect(many).toContain("and 6 more");
  expect(many).toContain('height="1074"');
});

test("a label with markup or control characters stays text", () => {
  const label = `<script>"a" & b</script>\u0000\u001b`;
  expect(drawStreams([{ label, arrivals: [] }])).toContain(
    '<text x="0" y="11">&lt;script&gt;&quot;a&quot; &amp; b&lt;/script&gt;</text>',
  );
});
