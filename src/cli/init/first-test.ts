import { posix } from "node:path";
import type { Project } from "./project.ts";

/** A test to begin with. */
export interface FirstTest {
  /** Relative, with `/`. */
  readonly file: string;
  readonly text: string;
  /** The variable that holds the key to record it. */
  readonly key: string;
}

interface Sample {
  /** Packages that it imports. */
  readonly packages: readonly string[];
  readonly key: string;
  readonly imports: readonly string[];
  readonly body: readonly string[];
}

const OPENAI_KEY = "OPENAI_API_KEY";
const QUESTION = "Why do programmers prefer dark mode?";

const AI_SDK = [
  ["openai", "gpt-5-mini", OPENAI_KEY],
  ["anthropic", "claude-sonnet-5", "ANTHROPIC_API_KEY"],
  ["google", "gemini-3-flash", "GOOGLE_GENERATIVE_AI_API_KEY"],
] as const;

/** The first one whose packages are installed is used. */
const SAMPLES: readonly Sample[] = [
  ...AI_SDK.map(([provider, model, key]) => ({
    packages: ["ai", `@ai-sdk/${provider}`],
    key,
    imports: [`import { ${provider} } from '@ai-sdk/${provider}'`, "import { streamText } from 'ai'"],
    body: [
      `const { textStream } = streamText({ model: ${provider}('${model}'), prompt: '${QUESTION}' })`,
      "for await (const delta of textStream) text += delta",
    ],
  })),
  {
    packages: ["openai"],
    key: OPENAI_KEY,
    imports: ["import OpenAI from 'openai'"],
    body: [
      "const stream = await new OpenAI().responses.create({",
      "  model: 'gpt-5-mini',",
      `  input: '${QUESTION}',`,
      "  stream: true,",
      "})",
      "for await (const event of stream) if (event.type === 'response.output_text.delta') text += event.delta",
    ],
  },
  {
    packages: ["@anthropic-ai/sdk"],
    key: "ANTHROPIC_API_KEY",
    imports: ["import Anthropic from '@anthropic-ai/sdk'"],
    body: [
      "const stream = new Anthropic().messages.stream({",
      "  model: 'claude-sonnet-5',",
      "  max_tokens: 500,",
      `  messages: [{ role: 'user', content: '${QUESTION}' }],`,
      "})",
      "stream.on('text', (delta) => {",
      "  text += delta",
      "})",
      "await stream.finalMessage()",
    ],
  },
  {
    packages: ["@google/genai"],
    key: "GEMINI_API_KEY",
    imports: ["import { GoogleGenAI } from '@google/genai'"],
    body: [
      "const stream = await new GoogleGenAI({}).models.generateContentStream({",
      "  model: 'gemini-3-flash',",
      `  contents: '${QUESTION}',`,
      "})",
      "for await (const chunk of stream) text += chunk.text ?? ''",
    ],
  },
  {
    packages: [],
    key: OPENAI_KEY,
    imports: [],
    body: [
      "const response = await fetch('https://api.openai.com/v1/responses', {",
      "  method: 'POST',",
      "  headers: {",
      `    authorization: \`Bearer \${process.env.${OPENAI_KEY}}\`,`,
      "    'content-type': 'application/json',",
      "  },",
      `  body: JSON.stringify({ model: 'gpt-5-mini', input: '${QUESTION}', stream: true }),`,
      "})",
      "text = await response.text()",
    ],
  },
];

/** Writes a test that streams one answer, with an SDK of the project. */
export function firstTest({ dependencies, hasTypeScript, testFolder }: Project): FirstTest {
  const sample = SAMPLES.find(({ packages }) => packages.every((name) => dependencies.has(name))) as Sample;
  const text = [
    ...sample.imports,
    "import { expect, test } from 'vitest'",
    "import { useCassette } from 'vitest-cassette'",
    "",
    "test('streams an answer', async () => {",
    "  const cassette = useCassette()",
    "  let text = ''",
    ...sample.body.map((line) => `  ${line}`),
    "  expect(text).not.toBe('')",
    "  expect(cassette).toHaveStreamedText(/./)",
    "})",
    "",
  ].join("\n");
  const name = `first-cassette.test.${hasTypeScript ? "ts" : "js"}`;
  return { file: posix.join(testFolder, name), text, key: sample.key };
}
