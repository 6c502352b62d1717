import { once } from "node:events";
import net from "node:net";
import { expect, test } from "vitest";
import { Hub } from "../../src/interception/http2/hub.ts";

/** Connects to the hub of `own` as another process could, and sends `bytes`. */
async function stranger(own: net.Socket, bytes: string): Promise<string> {
  const socket = net.connect(own.remotePort as number, "127.0.0.1");
  let answer = "";
  socket.on("data", (data) => {
    answer += String(data);
  });
  socket.on("error", () => undefined);
  socket.write(bytes);
  await once(socket, "close");
  return answer;
}

test("the hub serves only the connections that it opened, each once", async () => {
  const hub = new Hub();
  let first = "";
  const own = hub.connect((socket) => {
    socket.once("data", (data) => {
      first = String(data);
      socket.write("served");
    });
  });
  own.write("hello");
  expect(String((await once(own, "data"))[0])).toBe("served");
  expect(first).toBe("hello");
  expect(own.remoteAddress).toBe("127.0.0.1");
  expect(await stranger(own, "0".repeat(32))).toBe("");
  expect(await stranger(own, `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${"0".repeat(32)}`)).toBe("");
  own.destroy();
});
