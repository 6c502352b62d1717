/**
 * Runs in a process of its own and records on request. A message names the cassette and what the requests say; the
 * answer says how it ended.
 */
import { once } from "node:events";
import { importBuilt } from "../support/built-package.ts";

// Node loads the built package five times faster than its source.
const { withCassette } = await importBuilt<typeof import("../../src/core.ts")>("core");

export interface Order {
  readonly name: string;
  /** Part of each request, so that a tape shows who recorded it. */
  readonly who: string;
  readonly requests: number;
  /**
   * Sends nothing before the message `go`, so that several processes have the tape open, and then waits for another one,
   * so that they write it at the same time.
   */
  readonly waits?: boolean;
}

export interface Report {
  readonly kind: "ready" | "opened" | "answered" | "recorded" | "failed";
  readonly message?: string;
}

const [dir = "", url = ""] = process.argv.slice(2);
const tell = (report: Report): void => {
  process.send?.(report);
};

process.on("message", async (message: Order | "go") => {
  if (message === "go") return;
  const { name, who, requests, waits = false } = message;
  try {
    await withCassette(name, { dir, unplayed: "ignore" }, async () => {
      const tellAndWait = async (kind: Report["kind"]): Promise<void> => {
        const go = waits ? once(process, "message") : undefined;
        tell({ kind });
        await go;
      };
      await tellAndWait("opened");
      for (let number = 1; number <= requests; number++) {
        const response = await fetch(`${url}/v1/chat/completions`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ who, number, requests, stream: true }),
        });
        await response.text();
      }
      await tellAndWait("answered");
    });
    tell({ kind: "recorded" });
  } catch (error) {
    tell({ kind: "failed", message: String(error) });
  }
});
tell({ kind: "ready" });
