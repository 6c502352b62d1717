import { performance } from "node:perf_hooks";
import type { StreamChunk } from "../../cassette/chunk.ts";
import { count } from "../../cassette/count.ts";
import { CassetteError } from "../../cassette/errors.ts";
import { asError } from "../../cassette/is-error.ts";
import { contentTypeOf, decodeStream } from "../../providers/decode-stream.ts";
import { Framer } from "../../streams/framer.ts";
import { oneLine } from "../../streams/one-line.ts";
import type { CommandContext } from "../command.ts";
import type { Terminal } from "../terminal.ts";
import { cutToWidth } from "../text-width.ts";
import { UsageError } from "../usage-error.ts";
import { streamProblems } from "./stream-problems.ts";

const WIDTH = 120;
const MAX_DATA = 1_000;

/** Requests a URL, prints its events as they arrive, and reports what is wrong with the stream. */
export async function captureStream(
  { terminal, invocation }: CommandContext,
  url: string,
  minGap: number,
): Promise<0 | 1> {
  const { values } = invocation;
  const [body] = values("data");
  const method = values("method")[0] ?? (body === undefined ? "GET" : "POST");
  const sent = headersOf(values("header"));
  const started = performance.now();
  const elapsed = (): number => performance.now() - started;
  const chunks: StreamChunk[] = [];
  let response: Response;
  let end: "complete" | "reset" = "complete";
  try {
    response = await fetch(url, {
      method,
      headers: sent,
      ...(body === undefined ? {} : { body }),
    });
  } catch (error) {
    throw new CassetteError("CASSETTE_WIRE", `Failed to request ${url}: ${reasonOf(error)}`, {
      cause: error,
    });
  }
  const headers = [...response.headers] as [string, string][];
  terminal.print(
    terminal.clean([response.status, response.statusText, "after", shownTime(elapsed())].join(" ")),
  );
  const framer = new Framer(contentTypeOf(headers, response.status));
  try {
    for await (const bytes of response.body ?? []) {
      const chunk = { at: elapsed(), bytes };
      chunks.push(chunk);
      printEvents(terminal, chunk, framer);
    }
  } catch (error) {
    end = "reset";
    terminal.note(`The connection failed after ${shownTime(elapsed())}: ${reasonOf(error)}`);
  }
  const trace = decodeStream({ chunks, headers, url, status: response.status, end });
  const total = chunks.reduce((sum, { bytes }) => sum + bytes.length, 0);
  terminal.print(
    "",
    `${count(trace.events.length, "event")} in ${count(chunks.length, "chunk")}, ${total} bytes, ${shownTime(elapsed())}`,
  );
  const problems = streamProblems(trace, minGap);
  terminal.print(
    ...(problems.length === 0
      ? ["No gap, no duplicate, no restart."]
      : problems.map((each) => terminal.clean(each))),
  );
  return problems.length === 0 && end === "complete" ? 0 : 1;
}

function printEvents(terminal: Terminal, chunk: StreamChunk, framer: Framer): void {
  const events = framer.push(chunk);
  const size = `${chunk.bytes.length} B`.padStart(8);
  const width = (terminal.surroundings.columns ?? WIDTH) - 22;
  const time = shownTime(chunk.at ?? 0).padStart(10);
  if (events.length === 0) terminal.print(`${time} ${size}`);
  for (const [index, { event, data }] of events.entries()) {
    const text = terminal.clean(oneLine(`${event === undefined ? "" : `${event}: `}${data}`, MAX_DATA));
    terminal.print(
      `${index === 0 ? time : "".padStart(10)} ${index === 0 ? size : "".padStart(8)}  ${cutToWidth(text, width, "end")}`,
    );
  }
}

function headersOf(lines: readonly string[]): [string, string][] {
  return lines.map((line) => {
    const at = line.indexOf(":");
    if (at < 1)
      throw new UsageError(`--header is '${line.slice(0, Math.max(at, 0))}', but must be 'name: value'.`);
    return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
  });
}

function reasonOf(error: unknown): string {
  const { message, cause } = asError(error);
  return cause === undefined ? message : `${message}: ${asError(cause).message}`;
}

function shownTime(ms: number): string {
  return ms < 10_000 ? `${ms.toFixed(1)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
