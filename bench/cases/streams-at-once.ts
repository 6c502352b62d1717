import { type BenchCase, Cannot } from "../support/bench-case.ts";
import { chatAnswer } from "../support/chat.ts";
import { askFetch } from "../support/clients.ts";
import { cpuTime } from "../support/clock.ts";
import { planOf } from "../support/exchanges.ts";
import { loadTool, OURS } from "../support/tools.ts";

const { requests } = planOf("fifty-streams");

/** Streams that are replayed at the same time: each must get its own text, and more of them must not cost more each. */
const benchCase: BenchCase = {
  title: "SSE of 250 chunks, several at the same time, each",
  unit: "µs",
  variants: ["vitest-cassette, 1 at once", "vitest-cassette, 5 at once", "vitest-cassette, 50 at once"],
  exchanges: ["fifty-streams"],
  together: true,
  launches: 3,
  repeats: 5,
  warmUps: 2,
  targets: [{ of: "vitest-cassette, 50 at once", than: ["vitest-cassette, 5 at once"], atMost: 1.1 }],
  async prepare(variant, { recording, origin }) {
    const atOnce = Number(/\d+/.exec(variant)?.[0]);
    const { replay } = await loadTool(OURS);
    const url = `${origin}/v1/chat/completions`;
    const sent = requests.map((request) => ({
      body: JSON.stringify(request),
      text: chatAnswer(request).join(""),
    }));
    const send = async ({ body, text }: (typeof sent)[number]): Promise<void> => {
      if ((await askFetch(url, body)).text !== text) throw new Cannot("a stream got another text");
    };
    return async () => {
      let time = Number.NaN;
      await replay(recording(OURS, "fifty-streams"), origin, async () => {
        time = await cpuTime(async () => {
          for (let start = 0; start < sent.length; start += atOnce) {
            await Promise.all(sent.slice(start, start + atOnce).map(send));
          }
        });
      });
      return (time * 1000) / sent.length;
    };
  },
};

export default benchCase;
