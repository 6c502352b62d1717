import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeStream } from "../../src/providers/decode-stream.ts";
import { encodeEventStreamMessage } from "../../src/streams/event-stream-message.ts";
import { frame } from "../../src/streams/framer.ts";
import { encodeText } from "../../src/streams/text.ts";
import { hold } from "../support/hold.ts";

const TYPES = [
  undefined,
  "text/event-stream",
  "application/x-ndjson",
  "application/json",
  "text/plain",
  "application/vnd.amazon.eventstream",
];

/** Bits of every framing, so that what is put together is often nearly valid. */
const bits = fc.constantFrom(
  ...'data: |event: a|id: 3|retry: 9|: hi|data|\n|\r|\r\n|\n\n|\uFEFF|[DONE]|{|}|[|]|,|"|\\|{"a":1}|{"error":{"message":"no"}}|é漢🇳🇴|x| |null|[{'.split(
    "|",
  ),
);
const text = fc.array(bits, { maxLength: 40 }).map((parts) => encodeText(parts.join("")));
const frames = fc
  .array(fc.string({ unit: "grapheme", maxLength: 12 }), { maxLength: 5 })
  .map(
    (all) =>
      new Uint8Array(
        Buffer.concat(all.map((each) => encodeEventStreamMessage({ ":event-type": each }, encodeText(each)))),
      ),
  );
const garbage = fc.uint8Array({ maxLength: 200 });
const damaged = fc.tuple(frames, fc.nat(), fc.nat(255)).map(([bytes, at, xor]) => {
  const copy = bytes.slice();
  if (copy.length > 0) copy[at % copy.length] = (copy[at % copy.length] ?? 0) ^ xor;
  return copy;
});
const body = fc.oneof(text, frames, garbage, damaged);
const type = fc.constantFrom(...TYPES);

function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const at = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, i) => bytes.subarray(at[i], end));
}

test("any cut of any bytes gives the same events", () => {
  hold(
    fc.property(body, type, fc.array(fc.nat(), { maxLength: 8 }), (bytes, contentType, places) => {
      // Plain text has its chunks for events, so only what is joined is the same.
      const shape = ({ framing, events, ...rest }: ReturnType<typeof frame>) =>
        framing === "text"
          ? { framing, text: events.map(({ data }) => data).join("") }
          : {
              framing,
              events: events.map(({ event, id, data, index }) => ({ event, id, data, index })),
              ...rest,
            };
      const whole = shape(frame([{ bytes }], contentType));
      expect(
        shape(
          frame(
            cut(bytes, places).map((part) => ({ bytes: part })),
            contentType,
          ),
        ),
      ).toEqual(whole);
      expect(
        shape(
          frame(
            [...bytes].map((byte) => ({ bytes: Uint8Array.of(byte) })),
            contentType,
          ),
        ),
      ).toEqual(whole);
    }),
    1500,
  );
});

test("one BOM of two is dropped, wherever they are cut", () => {
  const bytes = encodeText("\uFEFF\uFEFFdata: 1\n\ndata: 2\n\n");
  for (let at = 0; at < bytes.length; at += 1) {
    const parts = [bytes.subarray(0, at), bytes.subarray(at)];
    const { events, strays } = frame(parts.map((part) => ({ bytes: part })));
    expect([events.map(({ data }) => data), strays.map(({ line }) => line)]).toEqual([
      ["2"],
      ["\uFEFFdata: 1"],
    ]);
  }
});

test("garbage never makes a trace throw", () => {
  const urls = [
    undefined,
    "https://api.openai.com/v1/chat/completions",
    "https://api.openai.com/v1/responses",
    "https://api.anthropic.com/v1/messages",
    "https://generativelanguage.googleapis.com/v1beta/models/m:streamGenerateContent",
    "https://bedrock-runtime.us-east-1.amazonaws.com/model/m/invoke-with-response-stream",
    "http://localhost:11434/api/chat",
  ];
  hold(
    fc.property(body, type, fc.constantFrom(...urls), (bytes, contentType, url) => {
      const trace = decodeStream({
        url,
        chunks: [{ at: 3, bytes }],
        headers: contentType ? { "content-type": contentType } : {},
      });
      expect(trace.summary).toEqual(expect.any(String));
      expect(trace.text.length).toBe(trace.events.at(-1)?.accumulated ?? 0);
      for (const event of trace.events)
        expect([event.type, event.sha1]).toEqual([expect.any(String), expect.any(String)]);
    }),
    1500,
  );
});

test("payloads of any shape never make a decoder throw", () => {
  const known = fc.constantFrom(
    ..."type,object,choices,delta,message,content,tool_calls,function,arguments,index,error,usage,candidates,parts,functionCall,partialArgs,jsonPath,stringValue,item,output_index,response,content_block,jsonrpc,result,done,bytes,step,results,toolUse,contentBlockIndex".split(
      ",",
    ),
  );
  const values = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      fc.constantFrom(
        "message_start",
        "response.output_item.added",
        "content_block_delta",
        "tool-input-delta",
        "$.a[3].b",
        "text",
        "chat.completion.chunk",
        "",
      ),
      fc.integer(),
      fc.constant(null),
      fc.boolean(),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(known, tie("value"), { maxKeys: 5 }),
    ),
  })).value;
  hold(
    fc.property(
      fc.array(values, { minLength: 1, maxLength: 4 }),
      fc.constantFrom("event: message_start\n", "event: x\n", ""),
      (payloads, name) => {
        const bytes = encodeText(
          payloads.map((payload) => `${name}data: ${JSON.stringify(payload)}\n\n`).join(""),
        );
        for (const profileUrl of URLS) {
          const trace = decodeStream({ url: profileUrl, chunks: [{ bytes }] });
          expect(typeof trace.text).toBe("string");
          expect(trace.toolCalls.every((call) => typeof call.arguments === "string")).toBe(true);
        }
      },
    ),
    300,
  );
});

const URLS = [
  undefined,
  "https://api.openai.com/v1/chat/completions",
  "https://api.openai.com/v1/responses",
  "https://api.openai.com/v1/audio/transcriptions",
  "https://api.openai.com/v1/threads/t/runs",
  "https://api.anthropic.com/v1/messages",
  "https://api.anthropic.com/v1/complete",
  "https://generativelanguage.googleapis.com/v1beta/models/m:streamGenerateContent",
  "https://generativelanguage.googleapis.com/v1beta/interactions",
  "https://bedrock-runtime.us-east-1.amazonaws.com/model/m/converse-stream",
  "https://bedrock-runtime.us-east-1.amazonaws.com/model/m/invoke",
  "https://api.cohere.com/v2/chat",
  "https://api.mistral.ai/v1/conversations",
  "http://localhost:11434/api/chat",
  "https://mcp.example.com/mcp",
  "https://us-south.ml.cloud.ibm.com/ml/v1/text/generation_stream",
  "https://api.replicate.com/v1/predictions",
];
