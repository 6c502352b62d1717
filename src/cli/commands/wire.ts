import type { Command } from "../command.ts";

export const wire: Command = {
  summary: "find gaps, duplicates and restarts in an event log or a live stream",
  operands: "<log>|<url>",
  names: [1, 1],
  about:
    "With a file, reads the log that DEBUG=vitest-cassette or the option `debug` writes, and says for each stream where it " +
    "paused, repeated itself or started over, and on which side that arose: at the provider (CHUNK), in your code (EMIT), or " +
    "between your code and the socket (SOCKET_WRITE). EMIT and SOCKET_WRITE are what passes through traceStream().\n\n" +
    "With a URL, requests it as curl would, prints each event with its time when it arrives, and says the same of the " +
    "stream. The request goes to the network; nothing is recorded.",
  options: {
    header: { type: "list", value: "name: value", help: "add a header to the request" },
    data: { type: "text", value: "body", help: "send a body; the method is POST then" },
    method: { type: "text", value: "name", help: "the method of the request (default: GET)" },
    gap: { type: "text", value: "ms", help: "how long a pause has to be to be reported (default: 1000)" },
  },
  examples: [
    "wire cassette.log",
    "wire http://localhost:3000/api/chat --data '{\"prompt\":\"hi\"}' --header 'content-type: application/json'",
  ],
  exitCodes: "0, 1 if it found a problem",
  run: async (context) => (await import("../wire/wire.ts")).wire(context),
};
