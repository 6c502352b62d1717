import { expect, test } from "vitest";
import { bedrock } from "../../src/providers/bedrock.ts";
import { cohere } from "../../src/providers/cohere.ts";
import { decodeStream } from "../../src/providers/decode-stream.ts";

test.for([
  ["converse-stream", "converse"],
  ["invoke-with-response-stream", "invoke"],
])("Bedrock's %s reports an overload in an exception frame", ([path, api = ""]) => {
  const bytes = bedrock.overloadedEvent?.(api, 3);
  const trace = decodeStream({
    url: `https://bedrock-runtime.eu-west-1.amazonaws.com/model/m/${path}`,
    headers: { "content-type": "application/vnd.amazon.eventstream" },
    chunks: [{ bytes: bytes as Uint8Array }],
  });
  expect(trace.error).toMatchObject({ type: "throttlingException" });
  expect(trace.fault).toBeUndefined();
});

test("Cohere reports it in the event that ends the message", () => {
  const trace = decodeStream({
    url: "https://api.cohere.com/v2/chat",
    headers: { "content-type": "text/event-stream" },
    chunks: [{ bytes: cohere.overloadedEvent?.("chat", 3) as Uint8Array }],
  });
  expect(trace.finishReason).toBe("ERROR");
});
