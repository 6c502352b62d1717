import { type HeaderList, stream, type Wire, type WireRequest, whole } from "../answer.ts";
import { composeTurn, type Turn } from "../compose-turn.ts";
import { stableNumber } from "../ids.ts";
import { asList, asText, at, googleJson } from "../json.ts";

const STATUS: Readonly<Record<number, string>> = {
  400: "INVALID_ARGUMENT",
  401: "UNAUTHENTICATED",
  404: "NOT_FOUND",
  429: "RESOURCE_EXHAUSTED",
  503: "UNAVAILABLE",
};

const HEADERS: HeaderList = [
  ["vary", "Origin"],
  ["vary", "X-Origin"],
  ["vary", "Referer"],
  ["x-xss-protection", "0"],
  ["server-timing", "gfet4t7; dur=12"],
];

/** The Gemini API and Vertex AI: whole, as a JSON array, and as SSE with CRLF. */
export const gemini: Wire = {
  name: "gemini",
  path: /\/models(\/[^/:]+)?(:(streamGenerateContent|generateContent|countTokens|embedContent|batchEmbedContents))?$/,
  answer(request) {
    const [, model = "gemini", method] = /\/models\/([^/:]+):(\w+)$/.exec(request.path) ?? [];
    if (method === undefined) {
      return json(200, { models: [{ name: "models/gemini-loopback", displayName: "Naïve Modèle" }] });
    }
    if (method === "countTokens") return json(200, { totalTokens: 7 });
    if (method === "embedContent") return json(200, { embedding: { values: [0.25, -0.5, 1] } });
    if (method === "batchEmbedContents") {
      const requests = asList(at(request.body, "requests"));
      return json(200, { embeddings: requests.map(() => ({ values: [0.25, -0.5, 1] })) });
    }
    const turn = readTurn(request, model);
    if (method === "generateContent") return json(200, wholeResponse(turn));
    const parts = streamParts(turn);
    if (request.query.get("alt") === "sse") {
      const type: HeaderList = [
        ["content-type", "text/event-stream"],
        ["content-disposition", "attachment"],
      ];
      return stream(
        [...type, ...HEADERS],
        parts.map((part) => `data: ${googleJson(part)}\r\n\r\n`),
        0,
      );
    }
    const pretty = parts.map(
      (part, index) => `${index === 0 ? "[" : ",\r\n"}${JSON.stringify(part, null, 2)}\n`,
    );
    return stream([["content-type", "application/json; charset=UTF-8"], ...HEADERS], [...pretty, "]\n"], 1);
  },
  failure(status, request) {
    const sse = request.query.get("alt") === "sse";
    const type: HeaderList = [
      ["content-type", sse ? "text/event-stream" : "application/json; charset=UTF-8"],
    ];
    return whole(status, [...type, ...HEADERS], `${JSON.stringify({ error: errorOf(status) }, null, 2)}\n`);
  },
  streamFailure(request) {
    const error = { error: errorOf(503) };
    if (request.query.get("alt") === "sse") return [`data: ${googleJson(error)}\r\n\r\n`];
    return [`,\r\n${JSON.stringify(error, null, 2)}\n`, "]\n"];
  },
};

function json(status: number, value: unknown): ReturnType<typeof whole> {
  const type: HeaderList = [["content-type", "application/json; charset=UTF-8"]];
  return whole(status, [...type, ...HEADERS], `${JSON.stringify(value, null, 2)}\n`);
}

function errorOf(status: number): Record<string, unknown> {
  return { code: status, message: "The naïve service is unhappy.", status: STATUS[status] ?? "INTERNAL" };
}

function readTurn(request: WireRequest, model: string): Turn {
  const body = request.body;
  const contents = asList(at(body, "contents"));
  const parts = (content: unknown): readonly unknown[] => asList(at(content, "parts"));
  const isResult = (part: unknown): boolean => at(part, "functionResponse") !== undefined;
  const results = parts(contents.at(-1)).filter(isResult);
  const asked = contents.findLast(
    (content) => at(content, "role") !== "model" && !parts(content).some(isResult),
  );
  const config = at(body, "generationConfig");
  const declarations = asList(at(body, "tools")).flatMap((tool) => asList(at(tool, "functionDeclarations")));
  const schema = at(config, "responseJsonSchema") ?? at(config, "responseSchema");
  return composeTurn(
    {
      model,
      user: parts(asked)
        .map((part) => asText(at(part, "text")))
        .join(""),
      toolResult:
        results.length > 0
          ? results.map((part) => JSON.stringify(at(part, "functionResponse", "response"))).join(" ")
          : undefined,
      tools: declarations.map((tool) => ({
        name: asText(at(tool, "name")),
        schema: at(tool, "parameters") ?? at(tool, "parametersJsonSchema"),
      })),
      reasons: at(config, "thinkingConfig", "includeThoughts") === true,
      schema,
    },
    request.script,
    request.nth,
  );
}

interface Part {
  readonly text?: string;
  readonly thought?: boolean;
  readonly thoughtSignature?: string;
  readonly functionCall?: { readonly name: string; readonly args: unknown; readonly id?: string };
}

function partsOf(turn: Turn): readonly Part[] {
  return [
    ...turn.reasoning.map((text) => ({ text, thought: true })),
    ...turn.text.map((text) => ({ text })),
    ...turn.calls.map((call, index) => ({
      functionCall: { name: call.name, args: call.input, id: turn.id(`call ${index}`, 8).toLowerCase() },
      ...(index === 0 ? { thoughtSignature: Buffer.from(turn.id("signature", 45)).toString("base64") } : {}),
    })),
  ];
}

function responseOf(
  turn: Turn,
  parts: readonly Part[],
  done: boolean,
  output: number,
): Record<string, unknown> {
  const thoughts = turn.reasoningTokens > 0 ? { thoughtsTokenCount: turn.reasoningTokens } : {};
  return {
    candidates: [{ content: { parts, role: "model" }, ...(done ? { finishReason: "STOP" } : {}), index: 0 }],
    usageMetadata: {
      promptTokenCount: turn.inputTokens,
      candidatesTokenCount: output,
      totalTokenCount: turn.inputTokens + output + turn.reasoningTokens,
      promptTokensDetails: [{ modality: "TEXT", tokenCount: turn.inputTokens }],
      ...thoughts,
    },
    modelVersion: turn.model,
    responseId: turn.id("response", 23),
  };
}

/** One response a part or two, cumulative usage in each, the last with an empty text and the finish reason. */
function streamParts(turn: Turn): readonly unknown[] {
  const parts = partsOf(turn);
  const visible = turn.outputTokens - turn.reasoningTokens;
  const groups: Part[][] = [];
  for (let index = 0; index < parts.length; ) {
    const first = parts[index];
    const size = first?.functionCall === undefined ? 1 + stableNumber(`${index}`, 3) : 1;
    const group = parts.slice(index, index + size);
    // Texts of one kind come joined, as the service sends more than one token at a time.
    const joined = group.filter((part) => part.functionCall === undefined && part.thought === first?.thought);
    if (first?.functionCall === undefined && joined.length > 0) {
      const text = joined.map((part) => part.text ?? "").join("");
      groups.push([first?.thought === true ? { text, thought: true } : { text }]);
      index += joined.length;
    } else {
      groups.push([...group]);
      index += group.length;
    }
  }
  const responses = groups.map((group, index) =>
    responseOf(turn, group, false, Math.ceil((visible * (index + 1)) / groups.length)),
  );
  return [...responses, responseOf(turn, [{ text: "" }], true, visible)];
}

function wholeResponse(turn: Turn): unknown {
  const reasoning = turn.reasoning.join("");
  const text = turn.text.join("");
  const parts: readonly Part[] = [
    ...(reasoning === "" ? [] : [{ text: reasoning, thought: true }]),
    ...(text === "" ? [] : [{ text }]),
    ...partsOf(turn).filter((part) => part.functionCall !== undefined),
  ];
  return responseOf(turn, parts, true, turn.outputTokens - turn.reasoningTokens);
}
