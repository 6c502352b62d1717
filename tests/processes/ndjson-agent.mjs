// A small agent for the command line: answers each line of JSON with the lines of a stream. Notes that it ran.
import { appendFileSync } from "node:fs";
import { createInterface } from "node:readline";

const { AGENT_MARKER: marker, AGENT_LANGUAGE: language } = process.env;
if (marker !== undefined) appendFileSync(marker, "started\n");

const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
const moment = () => new Promise((resolve) => setTimeout(resolve, 20));

say({ type: "hello", language });
process.on("SIGTERM", () => {
  say({ type: "bye" });
  process.exit(3);
});

for await (const line of createInterface({ input: process.stdin })) {
  const { type, text, request_id } = JSON.parse(line);
  if (type === "complain") process.stderr.write(`${text}\n`);
  else if (type === "quit") process.exit(7);
  else {
    for (const word of text.split(" ")) {
      say({ type: "delta", text: word, request_id });
      await moment();
    }
    say({ type: "done", request_id });
  }
}
