import { expect, test } from "vitest";
import { decode, sse } from "./sse.ts";

test("MCP: notifications, then the answer with its text", () => {
  const notification = { jsonrpc: "2.0", method: "notifications/progress", params: { progress: 1 } };
  const result = {
    jsonrpc: "2.0",
    id: 1,
    result: {
      content: [
        { type: "text", text: "a" },
        { type: "image", data: "x" },
        { type: "text", text: "b" },
      ],
    },
  };
  const text = `: ping\r\n\r\n${sse(["message", notification], ["message", result]).replaceAll("\n", "\r\n")}`;
  for (const url of ["https://mcp.example.com/mcp", undefined]) {
    const trace = decode(text, url);
    expect(trace).toMatchObject({ provider: "mcp", text: "ab", terminated: true, finishReason: undefined });
    expect(trace.events.map(({ type }) => type)).toEqual(["notifications/progress", "result"]);
  }
});

test("MCP: an answer as JSON, errors of the protocol and of a tool, and a stream that ends without an answer", () => {
  const url = "https://mcp.example.com/mcp";
  expect(
    decode('{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"a"}]}}', url),
  ).toMatchObject({ text: "a", end: "complete" });
  expect(
    decode(sse({ jsonrpc: "2.0", id: 1, error: { code: -32601, message: "no such method" } }), url),
  ).toMatchObject({ error: { code: "-32601", message: "no such method" }, terminated: true });
  expect(
    decode(
      sse({ jsonrpc: "2.0", id: 1, result: { isError: true, content: [{ type: "text", text: "failed" }] } }),
      url,
    ),
  ).toMatchObject({ error: { message: "failed" } });
  expect(decode(sse({ jsonrpc: "2.0", method: "notifications/message" }), url)).toMatchObject({
    terminated: false,
    end: "truncated",
  });
});
