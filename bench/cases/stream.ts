import type { BenchCase } from "../support/bench-case.ts";
import { chatAnswer } from "../support/chat.ts";
import { cpuTime } from "../support/clock.ts";
import { planOf } from "../support/exchanges.ts";
import { prepareReplay } from "../support/replay.ts";
import { BY_HAND, OURS, PEERS } from "../support/tools.ts";

const BARE_RESPONSE = "a bare Response";
const { requests } = planOf("streams");

/** A stream that is replayed at once, with its chunks kept apart. */
const benchCase: BenchCase = {
  title: "SSE of 250 chunks replayed through global fetch, each",
  unit: "µs",
  variants: [OURS, BARE_RESPONSE, ...PEERS, ...BY_HAND],
  exchanges: ["streams"],
  launches: 5,
  repeats: 7,
  warmUps: 2,
  targets: [
    { of: OURS, than: [BARE_RESPONSE], atMost: 1.5 },
    { of: OURS, than: PEERS, atMost: 1 / 3 },
  ],
  async prepare(variant, setting) {
    if (variant !== BARE_RESPONSE) {
      return prepareReplay(variant, "streams", setting, async (send) => perStream(await cpuTime(send)));
    }
    const encoder = new TextEncoder();
    const answers = requests.map((request) => chatAnswer(request).map((chunk) => encoder.encode(chunk)));
    return async () => perStream(await cpuTime(() => readAll(answers)));
  },
};

export default benchCase;

const perStream = (milliseconds: number): number => (milliseconds * 1000) / requests.length;

/** The least that a stub of fetch can do: a Response that gives one chunk a read. */
async function readAll(answers: readonly (readonly Uint8Array[])[]): Promise<void> {
  for (const chunks of answers) {
    let next = 0;
    const stream = new ReadableStream<Uint8Array>({
      pull(controller) {
        const chunk = chunks[next++];
        if (chunk === undefined) controller.close();
        else controller.enqueue(chunk);
      },
    });
    const decoder = new TextDecoder();
    let text = "";
    for await (const chunk of new Response(stream).body ?? [])
      text += decoder.decode(chunk, { stream: true });
    if (!text.endsWith("[DONE]\n\n")) throw new Error("a chunk is missing");
  }
}
