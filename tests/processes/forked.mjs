// Answers each message of its parent, and ends when that disconnects.
import { appendFileSync } from "node:fs";

const { AGENT_MARKER: marker } = process.env;
if (marker !== undefined) appendFileSync(marker, "started\n");
process.on("message", (message) => process.send({ got: message, at: new Map([["when", 1]]) }));
process.on("disconnect", () => process.exit(4));
