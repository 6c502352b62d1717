import { stableId } from "./ids.ts";
import { sampleOf } from "./schema-sample.ts";
import type { Script } from "./script.ts";

/** What a wire format read out of a request, in no provider's terms. */
export interface Question {
  readonly model: string;
  /** The last user message. */
  readonly user: string;
  readonly tools: readonly ToolOffer[];
  /** Text of the tool results that end the conversation; `undefined` where it does not end so. */
  readonly toolResult?: string | undefined;
  /** Whether the request asks for reasoning. */
  readonly reasons?: boolean;
  /** JSON Schema that the text is to satisfy; `{}` for any object. */
  readonly schema?: unknown;
}

export interface ToolOffer {
  readonly name: string;
  readonly schema: unknown;
}

/** What the model says: a function of the question and the script alone, unless the script says `vary`. */
export interface Turn {
  readonly model: string;
  readonly text: readonly string[];
  readonly reasoning: readonly string[];
  readonly calls: readonly ToolCall[];
  readonly inputTokens: number;
  /** Visible text, arguments and reasoning. */
  readonly outputTokens: number;
  readonly reasoningTokens: number;
  /** An id that depends on the turn and `part` alone. */
  id(part: string, length?: number): string;
}

export interface ToolCall {
  readonly name: string;
  readonly input: unknown;
  /** Argument text as it is streamed. */
  readonly pieces: readonly string[];
}

export function composeTurn(question: Question, script: Script, nth: number): Turn {
  const variant = script.vary === true ? ` #${nth}` : "";
  const seed = JSON.stringify([question, script.text, script.tokens, variant]);
  const calls = callsOf(question, script);
  const text = textOf(question, script, variant, calls.length > 0);
  const reasoning =
    (script.reasoning ?? question.reasons === true)
      ? tokens(`Let me think about “${shorten(question.user)}”: naïve idea 🤔, then 考える.`)
      : [];
  return {
    model: question.model,
    text,
    reasoning,
    calls,
    inputTokens: Math.ceil((question.user.length + (question.toolResult?.length ?? 0)) / 4) + 8,
    outputTokens: text.length + reasoning.length + calls.reduce((sum, call) => sum + call.pieces.length, 0),
    reasoningTokens: reasoning.length,
    id: (part, length) => stableId(`${part} ${seed}`, length),
  };
}

function callsOf(question: Question, script: Script): readonly ToolCall[] {
  const count = script.toolCalls ?? (question.toolResult === undefined ? 2 : 0);
  const word = question.user.match(/\p{L}{3,}/gu)?.at(-1) ?? "naïve";
  return question.tools.slice(0, count).map(({ name, schema }) => {
    const input = sampleOf(schema, `${word} ☀️`);
    return { name, input, pieces: JSON.stringify(input).match(/.{1,7}/gsu) ?? [] };
  });
}

function textOf(question: Question, script: Script, variant: string, calls: boolean): readonly string[] {
  if (script.text !== undefined) return tokens(script.text);
  if (script.tokens !== undefined) {
    return Array.from(
      { length: script.tokens },
      (_, index) => ` ${index % 10 === 9 ? "é🎉" : "word"}${index}`,
    );
  }
  if (question.schema !== undefined && !calls) {
    return tokens(JSON.stringify(sampleOf(question.schema, "naïve 日本 🎌")));
  }
  if (calls) return tokens(`Let me look, d’accord${variant} 🔎.`);
  if (question.toolResult !== undefined) {
    return tokens(`The tool says “${shorten(question.toolResult)}” – voilà, 完了 ✅${variant}`);
  }
  return tokens(
    `You said “${shorten(question.user)}”.\nRéponse naïve: 日本語, Ωμέγα and 👩‍💻 say \\ "hi"\t🎉 [${question.model}]${variant}`,
  );
}

function shorten(text: string): string {
  const points = [...text];
  return points.length > 60 ? `${points.slice(0, 59).join("")}…` : text;
}

/** Cut as a tokenizer does: a word with the space before it, long words in pieces, never inside a code point. */
function tokens(text: string): readonly string[] {
  return text.match(/\s?\S{1,6}|\s+/gu) ?? [];
}
