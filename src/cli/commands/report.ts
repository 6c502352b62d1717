import type { Command } from "../command.ts";
import { FOLDERS } from "../common-options.ts";

export const report: Command = {
  summary: "write an HTML page with the timeline and the streams of cassettes",
  operands: "[<cassette>...]",
  names: [0, Number.POSITIVE_INFINITY],
  about:
    "Writes one HTML file that shows cassettes: a timeline of requests and tool calls, and each stream as a picture " +
    "with a playhead. Without names, it shows all cassettes. The file needs no network and no other file. " +
    "It holds prompts and answers: treat it like the cassettes.",
  options: {
    out: { type: "text", value: "file", help: "where to write (default: cassette-report.html)" },
    ...FOLDERS,
  },
  examples: ["report", "report joke chat/weather", "report --out artifacts/cassettes.html"],
  exitCodes: "0, 1 if a cassette cannot be read",
  run: async (context) => (await import("../report.ts")).report(context),
};
