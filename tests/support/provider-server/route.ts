import { type Answer, type Wire, type WireRequest, whole, wholeJson } from "./answer.ts";
import { asText, at } from "./json.ts";
import { plainEndpoints } from "./plain-endpoints.ts";
import { anthropicMessages } from "./wires/anthropic-messages.ts";
import { bedrock } from "./wires/bedrock.ts";
import { isMistral } from "./wires/chat-flavour.ts";
import { cohereChat } from "./wires/cohere-chat.ts";
import { gemini } from "./wires/gemini.ts";
import { mcp } from "./wires/mcp.ts";
import { mistralChat } from "./wires/mistral-chat.ts";
import { ollama } from "./wires/ollama.ts";
import { openaiChat } from "./wires/openai-chat.ts";
import { openaiOther } from "./wires/openai-other.ts";
import { openaiResponses } from "./wires/openai-responses.ts";

/** In order of asking: `openaiOther` has the loosest paths. */
const WIRES: readonly Wire[] = [
  plainEndpoints,
  openaiChat,
  openaiResponses,
  anthropicMessages,
  bedrock,
  ollama,
  cohereChat,
  mcp,
  openaiOther,
  gemini,
];

/** The wire format that a request speaks, `undefined` where none knows its path. */
export function wireOf(request: WireRequest): Wire | undefined {
  const wire = WIRES.find(({ path }) => path.test(request.path));
  if (wire === openaiChat && isMistral(asText(at(request.body, "model")))) return mistralChat;
  // `/v1beta/models` is Google's list, `/v1/models` OpenAI's.
  if (wire === openaiOther && request.path.includes("/v1beta/")) return gemini;
  return wire;
}

/** The answer to a request, redirects and scripted failures included. */
export function answerOf(wire: Wire | undefined, request: WireRequest): Answer {
  const { script } = request;
  if (script.redirect !== undefined && !request.query.has("test-redirected")) {
    return whole(script.redirect.status, [["location", script.redirect.to ?? redirected(request)]], "");
  }
  if (wire === undefined) {
    return wholeJson(404, [], { error: { message: `No such endpoint: ${request.method} ${request.path}` } });
  }
  return script.status === undefined ? wire.answer(request) : wire.failure(script.status, request);
}

function redirected(request: WireRequest): string {
  const query = new URLSearchParams(request.query);
  query.set("test-redirected", "1");
  return `${encodeURI(request.path)}?${query}`;
}
