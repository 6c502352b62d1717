import { once } from "node:events";
import net from "node:net";
import { expect, test } from "vitest";
import { connectToHub } from "../../src/interception/hub/hub.ts";

/** Connects to the hub as another process could, and sends `bytes`. */
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
  let first = "";
  const own = connectToHub((socket) => {
    socket.once("data", (data) => {
      first = String(data);
      socket.write("served");
    });
  });
  own.write("hello");
  expect(String((await once(own, "data"))[0])).toBe("served");
  expect(first).toBe("hello");
  expect(own.remoteAddress).toBe("127.0.0.1");
  const refused = (path: string): string => `GET ${path} HTTP/1.1\r\nhost: hub\r\nconnection: close\r\n\r\n`;
  for (const path of ["/", `/${"0".repeat(32)}/https/api.openai.com/v1/models`, "/http/localhost/"]) {
    expect(await stranger(own, refused(path))).toMatch(/^HTTP\/1.1 404 /);
  }
  expect(await stranger(own, "0".repeat(32))).toMatch(/^HTTP\/1.1 400 /);
  own.destroy();
});
