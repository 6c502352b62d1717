import { type BenchCase, Cannot } from "../support/bench-case.ts";
import { chatRequest } from "../support/chat.ts";
import { askFetch } from "../support/clients.ts";
import { loadPackage } from "../support/package.ts";
import { BARE, OURS } from "../support/tools.ts";

const MEGABYTES = 200;

/** How much memory a process needs while it receives a large body. */
const benchCase: BenchCase = {
  title: `Peak memory while recording a body of ${MEGABYTES} MB`,
  unit: "MB",
  variants: [OURS, BARE],
  live: true,
  launches: 3,
  repeats: 1,
  targets: [{ of: OURS, than: [BARE], atMostMore: 64 }],
  async prepare(tool, { folder, origin }) {
    const receive = async (): Promise<void> => {
      await askFetch(`${origin}/v1/chat/completions`, JSON.stringify(chatRequest(0)));
      const response = await fetch(`${origin}/v1/chat/completions?megabytes=${MEGABYTES}`, {
        method: "POST",
      });
      let bytes = 0;
      for await (const chunk of response.body ?? []) bytes += chunk.length;
      if (bytes !== MEGABYTES * 2 ** 20) throw new Cannot(`only ${bytes} bytes arrived`);
    };
    return async () => {
      if (tool === BARE) await receive();
      else {
        const { withCassette } = await loadPackage();
        Object.assign(process.env, { RECORD: "1", RECORD_ON_CI: "1" });
        await withCassette("tape", { dir: folder, include: [origin], maxBytes: 2 ** 30 }, receive);
      }
      return process.resourceUsage().maxRSS / 1024;
    };
  },
};

export default benchCase;
