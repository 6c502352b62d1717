import { describeCall } from "../calls/describe-call.ts";
import { commandLine } from "../cassette/command-line.ts";
import type { TapeEntry } from "../cassette/model.ts";
import type { RequestLine } from "../diagnosis/miss-facts.ts";

/** Names an entry on one line: `POST https://api.openai.com/v1/responses`, `call weather({"city":"Lyon"})`. */
export function entryLine(entry: TapeEntry): RequestLine {
  switch (entry.kind) {
    case "request":
      return { method: entry.request.method, url: entry.request.url };
    case "call":
      return { method: "call", url: describeCall(entry) };
    case "step":
      return { method: "step", url: entry.name };
    case "checkpoint":
      return { method: "checkpoint", url: entry.label };
    case "mcp":
      return { method: "mcp", url: describeCall({ name: entry.method, input: entry.params }) };
    case "process":
      return { method: "process", url: commandLine(entry) };
  }
}
