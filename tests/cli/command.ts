import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { main } from "../../src/cli/main.ts";
import type { ConfiguredProject } from "../../src/cli/surroundings.ts";
import { readProjects } from "../../src/vitest/read-projects.ts";

export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

export interface Workspace extends Disposable {
  readonly root: string;
  write(file: string, text: string | Uint8Array): void;
  read(file: string): string;
  run(line: string | readonly string[], more?: RunOptions): Promise<Outcome>;
}

interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly isTerminal?: boolean;
  readonly columns?: number;
  /** Where the command runs. @defaultValue the root of the workspace */
  readonly directory?: string;
  /** Answers every question. */
  readonly answer?: string;
  readonly projects?: readonly ConfiguredProject[];
  /** Whether to read the Vitest config of the workspace. */
  readonly readsConfig?: boolean;
}

/** A folder with files in it, and the command run there. */
export function createWorkspace(files: Readonly<Record<string, string | Uint8Array>> = {}): Workspace {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "cli-")));
  const write = (file: string, text: string | Uint8Array): void => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  };
  for (const [file, text] of Object.entries(files)) write(file, text);
  return {
    root,
    write,
    read: (file) => readFileSync(join(root, file), "utf8"),
    async run(
      line,
      { env = {}, isTerminal = false, columns, answer, projects, readsConfig, directory = root } = {},
    ) {
      const parts = { out: "", error: "" };
      const before = process.cwd();
      process.chdir(directory);
      const code = await main(typeof line === "string" ? line.split(" ").filter(Boolean) : line, {
        env,
        directory,
        isTerminal,
        columns,
        readProjects: readsConfig ? readProjects : projects && (() => Promise.resolve(projects)),
        ask:
          answer === undefined
            ? undefined
            : (question) => {
                parts.out += question;
                return Promise.resolve(answer);
              },
        writeOut: (text) => {
          parts.out += text;
        },
        writeError: (text) => {
          parts.error += text;
        },
      }).finally(() => process.chdir(before));
      return { code, ...parts };
    },
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** One streamed answer, as a recording writes it. */
export const JOKE = `# yaml-language-server: $schema=https://unpkg.com/vitest-cassette/schema/cassette-v1.json
cassette: 1
recorded: { at: 2020-11-20T07:00:00.000Z, with: vitest-cassette 0.1.0 }
interactions:
  # 1 · openai chat · gpt-5-mini · 3 tokens · first token 412 ms
  - at: 0
    request:
      method: POST
      url: https://api.openai.com/v1/chat/completions
      headers: { content-type: application/json }
      body:
        model: gpt-5-mini
        stream: true
        messages:
          - { role: user, content: Why do programmers prefer dark mode? }
    response:
      status: 200
      headers: { content-type: text/event-stream; charset=utf-8 }
      end: complete
      timing:
        headers: 310.2
        chunks: [412.3, 433.1, 455]
      body: |+
        data: {"id":"chatcmpl-1","model":"gpt-5-mini","choices":[{"index":0,"delta":{"content":"Light "}}]}

        data: {"id":"chatcmpl-1","model":"gpt-5-mini","choices":[{"index":0,"delta":{"content":"attracts bugs."},"finish_reason":"stop"}],"usage":{"prompt_tokens":14,"completion_tokens":3,"total_tokens":17}}

        data: [DONE]

`;

/** Written by hand: nothing but a request and its answer. */
export const BY_HAND = `cassette: 1
interactions:
  - request:
      method: POST
      url: https://api.anthropic.com/v1/messages
      body: { model: claude-sonnet-5, max_tokens: 20, messages: [{ role: user, content: Weather? }] }
    response:
      headers: { content-type: application/json }
      body:
        type: message
        role: assistant
        model: claude-sonnet-5
        stop_reason: tool_use
        content:
          - { type: text, text: "I look.\\e[2J" }
          - { type: tool_use, id: toolu_1, name: get_weather, input: { city: Lyon } }
        usage: { input_tokens: 9, output_tokens: 30 }
  - request: { method: GET, url: "https://example.test/picture" }
    response: { headers: { content-type: image/png }, encoding: base64, body: iVBORw0KGgo= }
`;
