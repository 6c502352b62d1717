import type { Interaction } from "../cassette/model.ts";
import type { Importer } from "./imported.ts";
import { interactionOf } from "./interaction.ts";
import { bytesOf, fieldsOf, listOf, textOf } from "./values.ts";

const CHAT = "https://api.openai.com/v1/chat/completions";
const JSON_HEADERS = [["content-type", "application/json"]] as const;

/** Fixtures of aimock: what to answer to a message. They hold neither requests nor bytes. */
export const aimock: Importer = {
  from: "aimock",
  matches: (content) => listOf(fieldsOf(content).fixtures).some((each) => "match" in fieldsOf(each)),
  read(content) {
    const fixtures = listOf(fieldsOf(content).fixtures).map(fieldsOf);
    const interactions = fixtures.flatMap((fixture, index) => interactionOfFixture(fixture, index) ?? []);
    const left = fixtures.length - interactions.length;
    return {
      from: "aimock",
      interactions,
      notes: [
        "aimock's fixtures hold no requests: the cassette has made-up ones to OpenAI's chat API, with the text that " +
          "the user's message must contain. Play them with match.by, or record again.",
        ...(left === 0 ? [] : [`${left} fixtures are no chat answers and were left out.`]),
      ],
    };
  },
};

function interactionOfFixture(
  { match, response }: Readonly<Record<string, unknown>>,
  index: number,
): Interaction | undefined {
  const { userMessage, model } = fieldsOf(match);
  const { content, toolCalls, error, status } = fieldsOf(response);
  const base = {
    method: "POST",
    url: CHAT,
    requestHeaders: JSON_HEADERS,
    requestBody: bytesOf({
      ...(typeof model === "string" ? { model } : {}),
      messages: [{ role: "user", content: textOf(userMessage) }],
    }),
    responseHeaders: JSON_HEADERS,
  };
  if (error !== undefined) {
    return interactionOf({
      ...base,
      status: typeof status === "number" ? status : 500,
      responseBody: bytesOf({ error }),
    });
  }
  if (content === undefined && toolCalls === undefined) return undefined;
  const calls = listOf(toolCalls).map(fieldsOf);
  return interactionOf({
    ...base,
    status: 200,
    responseBody: bytesOf({
      id: `chatcmpl-${index + 1}`,
      object: "chat.completion",
      model: typeof model === "string" ? model : "unknown",
      choices: [
        {
          index: 0,
          message: {
            role: "assistant",
            content: content === undefined ? null : textOf(content),
            ...(calls.length === 0
              ? {}
              : {
                  tool_calls: calls.map((call, at) => ({
                    id: textOf(call.id) || `call_${index + 1}_${at + 1}`,
                    type: "function",
                    function: {
                      name: textOf(call.name),
                      arguments:
                        typeof call.arguments === "string"
                          ? call.arguments
                          : JSON.stringify(call.arguments ?? {}),
                    },
                  })),
                }),
          },
          finish_reason: calls.length === 0 ? "stop" : "tool_calls",
        },
      ],
    }),
  });
}
