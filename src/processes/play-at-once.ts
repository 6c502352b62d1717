import { Buffer } from "node:buffer";
import type { SyncResult } from "../interception/processes/sync-calls.ts";
import type { Dialogue } from "./dialogue.ts";

/** Plays all of a process for a caller that waits for it; `undefined` if its input differs from the recording. */
export function playAtOnce(dialogue: Dialogue): SyncResult | undefined {
  const { recording } = dialogue;
  const written: Record<"stdout" | "stderr", Uint8Array[]> = { stdout: [], stderr: [] };
  for (;;) {
    if (dialogue.difference !== undefined) return undefined;
    const step = dialogue.next();
    switch (step.kind) {
      case "output":
        written[step.to].push(step.bytes);
        dialogue.take();
        break;
      case "message":
        dialogue.take();
        break;
      // Nobody can give it more.
      case "wait":
      case "exit":
        return {
          stdout: Buffer.concat(written.stdout),
          stderr: Buffer.concat(written.stderr),
          exit: recording.error === undefined ? (recording.exit ?? 0) : recording.exit,
          error: recording.error,
        };
    }
  }
}
