import { type BenchCase, Cannot } from "./bench-case.ts";
import { cpuTime, startCpuTime } from "./clock.ts";
import { type ExchangeName, planOf } from "./exchanges.ts";
import { replay } from "./replay.ts";
import { loadTool, OURS, PEERS } from "./tools.ts";

/**
 * Opens a recording and asks for its answer: some tools read it before the first request, others at it. The tool has
 * replayed something else before, so that its modules are loaded.
 */
export function openCase(title: string, exchange: ExchangeName): BenchCase {
  return {
    title,
    unit: "ms",
    variants: [OURS, ...PEERS],
    exchanges: ["ten", exchange],
    launches: 5,
    repeats: 1,
    targets: [{ of: OURS, than: PEERS, atMost: 1 }],
    async prepare(tool, setting) {
      await replay(tool, "ten", setting, cpuTime);
      const { replay: play } = await loadTool(tool);
      const body = JSON.stringify(planOf(exchange).requests[0]);
      const folder = setting.recording(tool, exchange);
      return async () => {
        let opened = Number.NaN;
        const stop = startCpuTime();
        await play(folder, setting.origin, async (to) => {
          const headers = { "content-type": "application/json", authorization: "Bearer none" };
          const response = await fetch(`${to}/v1/chat/completions`, { method: "POST", body, headers });
          opened = stop();
          const text = await response.text();
          if (!text.includes("Question 0") && !text.includes("[DONE]")) {
            throw new Cannot(`another answer: ${text.slice(0, 100)}`);
          }
        });
        return opened;
      };
    },
  };
}
