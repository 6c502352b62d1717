import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface HandWritten {
  readonly url: string;
  readonly method?: string;
  /** The body of the response; each a chunk. */
  readonly events: readonly string[];
}

/** A tape as one might write it by hand: no timing, no cuts. */
export function writeTape(dir: string, { url, method = "POST", events }: HandWritten): void {
  mkdirSync(dir, { recursive: true });
  const lines = events.join("").replace(/^(?=.)/gm, "        ");
  writeFileSync(
    join(dir, "tape.yaml"),
    `cassette: 1
interactions:
  - at: 0
    request: { method: ${method}, url: "${url}" }
    response:
      status: 200
      headers: { content-type: text/event-stream }
      body: |+
${lines}`,
  );
}
