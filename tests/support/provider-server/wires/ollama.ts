import { type Answer, stream, type Wire, type WireRequest, wholeJson } from "../answer.ts";
import { composeTurn, type Turn } from "../compose-turn.ts";
import { asList, asText, at } from "../json.ts";

const CREATED_AT = "2026-01-02T03:04:05.678901Z";

/** Ollama's own API: NDJSON unless `stream` is false. */
export const ollama: Wire = {
  name: "ollama",
  path: /\/api\/(chat|generate|tags|show|version|embed)$/,
  answer(request) {
    const path = request.path;
    if (path.endsWith("/chat")) return converse(request, chatTurn(request), "chat");
    if (path.endsWith("/generate")) return converse(request, generateTurn(request), "generate");
    if (path.endsWith("/version")) return wholeJson(200, [], { version: "0.12.0" });
    if (path.endsWith("/embed")) {
      return wholeJson(200, [], { model: at(request.body, "model"), embeddings: [[0.25, -0.5, 1]] });
    }
    if (path.endsWith("/show"))
      return wholeJson(200, [], { modelfile: "FROM loopback", capabilities: ["completion"] });
    return wholeJson(200, [], { models: [{ name: "llama-loopback", model: "llama-loopback", size: 1 }] });
  },
  failure(status) {
    return wholeJson(status, [], {
      error: status === 404 ? "model 'naïf' not found" : "unexpected server status",
    });
  },
  streamFailure() {
    return [line({ error: "an error was encountered while running the model: naïve" })];
  },
};

type Api = "chat" | "generate";

function line(value: unknown): string {
  // Go's encoder escapes these three.
  const escaped = { "<": "\\u003c", ">": "\\u003e", "&": "\\u0026" } as const;
  return `${JSON.stringify(value).replace(/[<>&]/g, (sign) => escaped[sign as keyof typeof escaped])}\n`;
}

function chatTurn(request: WireRequest): Turn {
  const body = request.body;
  const messages = asList(at(body, "messages"));
  const results: string[] = [];
  for (let index = messages.length - 1; index >= 0; index -= 1) {
    if (at(messages[index], "role") !== "tool") break;
    results.unshift(asText(at(messages[index], "content")));
  }
  const format = at(body, "format");
  return composeTurn(
    {
      model: asText(at(body, "model"), "unknown-model"),
      user: asText(
        at(
          messages.findLast((message) => at(message, "role") === "user"),
          "content",
        ),
      ),
      toolResult: results.length > 0 ? results.join(" ") : undefined,
      tools: asList(at(body, "tools")).map((tool) => ({
        name: asText(at(tool, "function", "name")),
        schema: at(tool, "function", "parameters"),
      })),
      reasons: at(body, "think") !== undefined && at(body, "think") !== false,
      schema: format === "json" ? {} : format,
    },
    request.script,
    request.nth,
  );
}

function generateTurn(request: WireRequest): Turn {
  const model = asText(at(request.body, "model"), "unknown-model");
  const user = asText(at(request.body, "prompt"));
  return composeTurn({ model, user, tools: [] }, request.script, request.nth);
}

function converse(request: WireRequest, turn: Turn, api: Api): Answer {
  const frame = { model: turn.model, created_at: CREATED_AT };
  const calls = turn.calls.map((call, index) => ({
    function: { ...(index > 0 ? { index } : {}), name: call.name, arguments: call.input },
  }));
  if (at(request.body, "stream") === false) {
    const thinking = turn.reasoning.length > 0 ? { thinking: turn.reasoning.join("") } : {};
    const content = says(api, turn.text.join(""), thinking, calls.length > 0 ? { tool_calls: calls } : {});
    return wholeJson(200, [], { ...frame, ...content, ...ending(turn, api) });
  }
  const lines = [
    ...turn.reasoning.map((thinking) => says(api, "", { thinking })),
    ...turn.text.map((text) => says(api, text)),
    ...calls.map((call) => says(api, "", { tool_calls: [call] })),
  ].map((content) => line({ ...frame, ...content, done: false }));
  const last = line({ ...frame, ...says(api, ""), ...ending(turn, api) });
  return stream([["content-type", "application/x-ndjson"]], [...lines, last], 1);
}

function says(
  api: Api,
  text: string,
  ...extras: readonly Record<string, unknown>[]
): Record<string, unknown> {
  const extra = Object.assign({}, ...extras) as Record<string, unknown>;
  if (api === "generate") return { response: text, ...extra };
  return { message: { role: "assistant", content: text, ...extra } };
}

function ending(turn: Turn, api: Api): Record<string, unknown> {
  return {
    done: true,
    done_reason: "stop",
    ...(api === "generate" ? { context: Array.from({ length: 40 }, (_, index) => 128_000 + index) } : {}),
    total_duration: 174_560_334,
    load_duration: 101_397_084,
    prompt_eval_count: turn.inputTokens,
    prompt_eval_duration: 13_074_791,
    eval_count: turn.outputTokens,
    eval_duration: 52_479_709,
  };
}
