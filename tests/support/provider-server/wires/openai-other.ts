import { crc32, deflateSync } from "node:zlib";
import { type Answer, sse, stream, type Wire, type WireRequest, whole, wholeJson } from "../answer.ts";
import { composeTurn, type Turn } from "../compose-turn.ts";
import { CREATED, stableNumber } from "../ids.ts";
import { asList, asText, at } from "../json.ts";
import { EVENT_STREAM, openaiError, openaiFailure, openaiHeaders } from "./openai-common.ts";

/** OpenAI's endpoints that are not chat: legacy completions, embeddings, models, speech, images, files. */
export const openaiOther: Wire = {
  name: "openai-other",
  path: /\/(completions|embeddings|models|models\/[^/:]+|audio\/speech|images\/generations|files)$/,
  answer(request) {
    const headers = openaiHeaders("req_other");
    const path = request.path;
    if (path.endsWith("/completions")) return legacyCompletion(request);
    if (path.endsWith("/embeddings")) return wholeJson(200, headers, embeddings(request));
    if (path.endsWith("/audio/speech")) {
      return whole(
        200,
        [["content-type", "audio/mpeg"], ...headers],
        noise(asText(at(request.body, "input")), 20_000),
      );
    }
    if (path.endsWith("/images/generations")) {
      const image = Buffer.from(png()).toString("base64");
      return wholeJson(200, headers, { created: CREATED, data: [{ b64_json: image }] });
    }
    if (path.endsWith("/files")) {
      const file = { id: "file-loopback", object: "file", bytes: request.bytes.length, created_at: CREATED };
      return wholeJson(200, headers, {
        ...file,
        filename: "upload",
        purpose: "user_data",
        status: "processed",
      });
    }
    const models = ["gpt-5-mini", "naïve-modèle"].map((id) => ({
      id,
      object: "model",
      created: CREATED,
      owned_by: "loopback",
    }));
    const wanted = models.find(({ id }) => path.endsWith(`/models/${id}`));
    return wholeJson(200, headers, wanted ?? { object: "list", data: models });
  },
  failure: openaiFailure,
  streamFailure() {
    return [sse({ error: openaiError(500) })];
  },
};

function legacyCompletion(request: WireRequest): Answer {
  const prompt = asText(at(request.body, "prompt"));
  const model = asText(at(request.body, "model"), "unknown-model");
  const turn = composeTurn({ model, user: prompt, tools: [] }, request.script, request.nth);
  if (at(request.body, "stream") === true) {
    const chunks = turn.text.map((text) => sse(legacyFrame(turn, text, null)));
    return stream(EVENT_STREAM, [...chunks, sse(legacyFrame(turn, "", "stop")), sse("[DONE]")], 1);
  }
  const usage = {
    prompt_tokens: turn.inputTokens,
    completion_tokens: turn.outputTokens,
    total_tokens: turn.inputTokens + turn.outputTokens,
  };
  const frame = legacyFrame(turn, turn.text.join(""), "stop");
  return wholeJson(200, openaiHeaders("req_completion"), { ...frame, usage });
}

function legacyFrame(turn: Turn, text: string, reason: string | null): Record<string, unknown> {
  const choice = { text, index: 0, logprobs: null, finish_reason: reason };
  return {
    id: `cmpl-${turn.id("completion")}`,
    object: "text_completion",
    created: CREATED,
    model: turn.model,
    choices: [choice],
  };
}

/** Vectors of 8 numbers that depend on the text; base64 of float32 where the SDK asks for it. */
function embeddings(request: WireRequest): Record<string, unknown> {
  const input = at(request.body, "input");
  const texts = typeof input === "string" ? [input] : asList(input).map((part) => asText(part));
  const data = texts.map((text, index) => {
    const vector = Array.from({ length: 8 }, (_, place) => stableNumber(`${place} ${text}`, 2000) / 1000 - 1);
    const base64 = at(request.body, "encoding_format") === "base64";
    const embedding = base64 ? Buffer.from(Float32Array.from(vector).buffer).toString("base64") : vector;
    return { object: "embedding", index, embedding };
  });
  const usage = { prompt_tokens: texts.join("").length, total_tokens: texts.join("").length };
  return { object: "list", data, model: asText(at(request.body, "model")), usage };
}

/** Bytes of every value, in an order that depends on the seed. */
export function noise(seed: string, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = stableNumber(seed, 2 ** 31) || 1;
  for (let index = 0; index < length; index += 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[index] = state >>> 16;
  }
  return bytes;
}

/** A valid PNG of one red pixel. */
export function png(): Uint8Array {
  const header = Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0]);
  return Buffer.concat([
    Buffer.from("89504e470d0a1a0a", "hex"),
    pngChunk("IHDR", header),
    pngChunk("IDAT", deflateSync(Buffer.from([0, 255, 0, 0]))),
    pngChunk("IEND", Buffer.alloc(0)),
  ]);
}

function pngChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const frame = Buffer.alloc(8 + body.length);
  frame.writeUInt32BE(data.length, 0);
  body.copy(frame, 4);
  frame.writeUInt32BE(crc32(body), 4 + body.length);
  return frame;
}
