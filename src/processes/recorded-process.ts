import { Buffer, isUtf8 } from "node:buffer";
import type { EntryPlace, RecordedProcess } from "../cassette/model.ts";
import type { ProcessPart } from "../cassette/process-part.ts";
import type { TapeValue } from "../cassette/tape-value.ts";
import type { ComparedProcess } from "./compared-process.ts";
import type { PortablePaths } from "./portable-paths.ts";

/** The entry of a process. Paths in what it was given are the same on every machine, like those in its arguments. */
export function recordedProcess(
  place: EntryPlace,
  process: ComparedProcess,
  result: Pick<RecordedProcess, "io" | "exit" | "error" | "duration">,
  paths: PortablePaths,
): RecordedProcess {
  return {
    kind: "process",
    ...place,
    ...process,
    ...result,
    io: result.io.map((part) => portable(part, paths)),
  };
}

function portable(part: ProcessPart, paths: PortablePaths): ProcessPart {
  if (part.kind === "send") {
    return { ...part, value: JSON.parse(paths.text(JSON.stringify(part.value))) as TapeValue };
  }
  if (part.kind !== "stdin" || !isUtf8(part.bytes)) return part;
  const text = Buffer.from(part.bytes).toString();
  const short = paths.text(text);
  return short === text ? part : { ...part, bytes: Buffer.from(short) };
}
