import { Buffer } from "node:buffer";
import type { Interaction, TapeEntry } from "../../src/cassette/model.ts";
import { compareTapes } from "../../src/compare/compare-tapes.ts";
import type { Change, EntryComparison } from "../../src/compare/comparison.ts";
import { parseTape } from "../../src/format/index.ts";

export interface Exchanged {
  readonly at?: number;
  readonly url?: string;
  readonly sent?: unknown;
  readonly status?: number;
  readonly headers?: readonly (readonly [string, string])[];
  /** A text, bytes, or a value for JSON. */
  readonly got?: unknown;
  readonly end?: Interaction["response"]["end"];
  /** The chunks are the events of a stream that arrived at these times. */
  readonly times?: readonly number[];
}

/** An interaction with a chat endpoint, unless it says something else. */
export function interaction({
  at = 0,
  url = "https://api.openai.com/v1/chat/completions",
  sent = { model: "gpt-5-mini", messages: [{ role: "user", content: "Hello?" }] },
  status = 200,
  headers = [["content-type", "application/json"]],
  got = "",
  end = "complete",
  times,
}: Exchanged = {}): Interaction {
  const bytes =
    got instanceof Uint8Array ? got : Buffer.from(typeof got === "string" ? got : JSON.stringify(got));
  const chunks =
    times === undefined
      ? [bytes]
      : bytes
          .toString()
          .split(/(?<=\n\n)/)
          .map((text) => Buffer.from(text));
  return {
    kind: "request",
    at,
    request: {
      method: "POST",
      url,
      headers: [["content-type", "application/json"]],
      body: Buffer.from(JSON.stringify(sent)),
    },
    response: {
      status,
      statusText: "OK",
      headers,
      chunks,
      timing: times === undefined ? undefined : { headers: times[0] ?? 0, chunks: times },
      end,
    },
  };
}

/** A question to a chat model and its answer. */
export function chat(
  question: string,
  answer = "Yes.",
  more: Exchanged & { readonly id?: string } = {},
): Interaction {
  const { id = "chatcmpl-1", ...rest } = more;
  return interaction({
    sent: { model: "gpt-5-mini", temperature: 1, messages: [{ role: "user", content: question }] },
    got: {
      id,
      created: id.length,
      model: "gpt-5-mini",
      choices: [{ index: 0, message: { role: "assistant", content: answer }, finish_reason: "stop" }],
      usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 },
    },
    ...rest,
  });
}

export function entriesOf(yaml: string): readonly TapeEntry[] {
  return parseTape(`cassette: 1\ninteractions:\n${yaml}`, { file: "a.yaml" }).interactions;
}

/** The comparison in short: `changed 1-2`, `added 3`, `removed 2`. */
export function shape(before: readonly TapeEntry[], after: readonly TapeEntry[]): readonly string[] {
  return compareTapes(before, after).entries.map(({ status, before: old, after: now }) =>
    [status, [old, now].flatMap((placed) => (placed === undefined ? [] : [placed.index + 1])).join("-")].join(
      " ",
    ),
  );
}

/** What changed between two entries: `text: Yes. → No.`. */
export function changesBetween(before: TapeEntry, after: TapeEntry): readonly string[] {
  return only(before, after).changes.map(changeText);
}

export function only(before: TapeEntry, after: TapeEntry): EntryComparison {
  const { entries } = compareTapes([before], [after]);
  if (entries.length !== 1) throw new Error(`They are not paired: ${entries.length} entries.`);
  return entries[0] as EntryComparison;
}

function changeText({ part, path, before, after }: Change): string {
  const text = (value: unknown): string =>
    typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing");
  return `${[part, path].filter(Boolean).join(" ")}: ${text(before)} → ${text(after)}`;
}
