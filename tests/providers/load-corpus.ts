import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** One row of the corpus's EXPECTED.jsonl. */
export interface Expected {
  readonly file: string;
  readonly api: string;
  readonly text: string;
  readonly reasoning: string;
  readonly refusal: string;
  readonly toolCalls: readonly { readonly id: string | null; readonly name: string; readonly args: string }[];
  readonly usage: unknown;
  readonly finish: string | number | null;
  readonly error: unknown;
  readonly terminator: boolean;
  readonly eventTypes: Readonly<Record<string, number>>;
  readonly sseEvents?: readonly (readonly [string, string])[];
}

export interface CorpusFile {
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly response: {
    readonly url?: string;
    readonly status: number;
    readonly headers: Record<string, string>;
  };
  readonly expected: Expected;
}

/** The captured streams beside the project; `undefined` where `CASSETTE_CORPUS` does not name them. */
export function loadCorpus(): CorpusFile[] | undefined {
  const root = process.env.CASSETTE_CORPUS;
  if (root === undefined || root === "" || !existsSync(join(root, "EXPECTED.jsonl"))) return undefined;
  const [head = "", ...rows] = readFileSync(join(root, "INDEX.tsv"), "utf8").trim().split("\n");
  const names = head.split("\t");
  const index = new Map(
    rows.map((row) => {
      const cells = row.split("\t");
      return [cells[0], Object.fromEntries(names.map((name, i) => [name, cells[i] ?? ""]))];
    }),
  );
  return readFileSync(join(root, "EXPECTED.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line): CorpusFile => {
      const expected = JSON.parse(line) as Expected;
      const { file } = expected;
      const row = index.get(file) ?? {};
      const stored = new Uint8Array(readFileSync(join(root, file)));
      const isPayloads = file.endsWith(".chunks.txt");
      const headers: Record<string, string> = {};
      if (isPayloads || file.startsWith("sse-edge/")) headers["content-type"] = "text/event-stream";
      else if (row.content_type) headers["content-type"] = row.content_type;
      // The corpus knows these as SSE by their name alone.
      else if (row.format === "raw SSE bytes") headers["content-type"] = "text/event-stream";
      if (file.endsWith(".gz")) headers["content-encoding"] = "gzip";
      // Some URLs hold names in angle brackets where the upstream project had a secret.
      const url = row.url?.replace(/<[^>]*>/g, "x");
      return {
        file,
        bytes: isPayloads ? asSse(stored) : stored,
        response: {
          status: Number(row.http_status) || 200,
          headers,
          ...(url && URL.canParse(url) ? { url } : {}),
        },
        expected,
      };
    });
}

function asSse(payloads: Uint8Array): Uint8Array {
  const lines = new TextDecoder().decode(payloads).split("\n");
  return new TextEncoder().encode(
    lines
      .filter((line) => line !== "")
      .map((line) => `data: ${line}\n\n`)
      .join(""),
  );
}
