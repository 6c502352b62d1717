import { createHash, randomBytes } from "node:crypto";
import { RecordingIndex } from "../../src/matching/recording-index.ts";
import type { BenchCase } from "../support/bench-case.ts";
import { randomNumbers } from "../support/chat.ts";
import { cpuTime } from "../support/clock.ts";
import { chatPost, match, queueOf, recordingOf, rules } from "../support/session-parts.ts";

const OURS = "matching it";
const OTHER_BYTES = "matching it in other bytes";
const LIMIT = "JSON.parse and SHA-256";

/** A conversation of 600 KB, and two images in base64. */
const body = conversation();

/** A request with a long context, against the least that has to be done to know it again. */
const benchCase: BenchCase = {
  title: "Matching a request with a body of 1 MB",
  unit: "ms",
  variants: [OURS, OTHER_BYTES, LIMIT],
  together: true,
  launches: 3,
  repeats: 9,
  warmUps: 3,
  targets: [OURS, OTHER_BYTES].map((of) => ({ of, than: [LIMIT], atMost: 2 })),
  prepare(variant) {
    const index = new RecordingIndex([recordingOf(chatPost(body))], rules);
    return () => {
      // A field that the provider's profile ignores.
      const request = chatPost(variant === OTHER_BYTES ? { ...body, prompt_cache_key: "another run" } : body);
      const decoder = new TextDecoder();
      if (variant === LIMIT) {
        return cpuTime(() => {
          JSON.parse(decoder.decode(request.body));
          createHash("sha256")
            .update(request.body ?? "")
            .digest("hex");
        });
      }
      const queue = queueOf(index);
      return cpuTime(() => {
        if (match(queue, request).recording === undefined) throw new Error("the request was not found");
      });
    };
  },
};

export default benchCase;

function conversation(): object {
  const random = randomNumbers(7);
  const word = (): string => Math.floor(random() * 1e6).toString(36);
  const text = (length: number): string => Array.from({ length }, word).join(" ");
  const image = (): object => {
    const url = `data:image/png;base64,${randomBytes(150_000).toString("base64")}`;
    return { type: "image_url", image_url: { url } };
  };
  const messages = Array.from({ length: 120 }, (_, index) => ({
    role: index % 2 === 0 ? "user" : "assistant",
    content: index % 50 === 0 && index > 0 ? [{ type: "text", text: text(100) }, image()] : text(1100),
  }));
  return { model: "gpt-5-mini", stream: true, messages };
}
