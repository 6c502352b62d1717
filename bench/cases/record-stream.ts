import type { BenchCase } from "../support/bench-case.ts";
import { chatRequest } from "../support/chat.ts";
import { askFetch } from "../support/clients.ts";
import { wallTime } from "../support/clock.ts";
import { BARE, loadTool, OURS } from "../support/tools.ts";

const CHUNKS = 1000;

/** How long a whole stream takes while it is recorded: the server sends a chunk a millisecond. */
const benchCase: BenchCase = {
  title: `Whole stream of ${CHUNKS} chunks while recording`,
  unit: "ms",
  variants: [OURS, BARE],
  live: true,
  launches: 5,
  repeats: 1,
  targets: [{ of: OURS, than: [BARE], atMost: 1.05 }],
  async prepare(tool, { folder, origin }) {
    const { record } = await loadTool(tool);
    const send = (to: string, index: number, chunks: number) =>
      askFetch(`${to}/v1/chat/completions`, JSON.stringify(chatRequest(index, chunks)));
    return async () => {
      let time = Number.NaN;
      await record(folder, origin, async (to) => {
        await send(to, 0, 10);
        time = await wallTime(() => send(to, 1, CHUNKS));
      });
      return time;
    };
  },
};

export default benchCase;
