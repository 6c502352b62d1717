import http2 from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import { create, createFileRegistry, type DescService, type Message } from "@bufbuild/protobuf";
import {
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  FileDescriptorProtoSchema,
} from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, type ConnectRouter, createClient, type Transport } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";

/** A message of this service, which has one field. */
type Words = Message & { readonly text: string };

/** A gRPC service in code: `proto` files would need a generator. */
const FILE = create(FileDescriptorProtoSchema, {
  name: "chat.proto",
  package: "chat",
  syntax: "proto3",
  messageType: [
    {
      name: "Words",
      field: [
        {
          name: "text",
          jsonName: "text",
          number: 1,
          type: FieldDescriptorProto_Type.STRING,
          label: FieldDescriptorProto_Label.OPTIONAL,
        },
      ],
    },
  ],
  service: [
    {
      name: "Chat",
      method: [
        { name: "Ask", inputType: ".chat.Words", outputType: ".chat.Words" },
        { name: "Stream", inputType: ".chat.Words", outputType: ".chat.Words", serverStreaming: true },
      ],
    },
  ],
});

const service = createFileRegistry(FILE, () => undefined).getService("chat.Chat") as DescService;

export interface ChatClient {
  ask(words: { readonly text: string }): Promise<Words>;
  stream(words: { readonly text: string }): AsyncIterable<Words>;
}

export function chatClient(transport: Transport): ChatClient {
  return createClient(service, transport) as unknown as ChatClient;
}

function routes(router: ConnectRouter): void {
  router.service(service, {
    ask({ text }: Words) {
      if (text === "fail") throw new ConnectError("no such joke", Code.NotFound, { "x-reason": "none" });
      return { text: `You said ${text}` };
    },
    async *stream({ text }: Words) {
      for (const word of `You said ${text}`.split(" ")) yield { text: word };
      if (text === "fail") throw new ConnectError("out of jokes", Code.ResourceExhausted);
    },
  } as unknown as Parameters<typeof router.service>[1]);
}

export interface ChatServer {
  readonly url: string;
  readonly connections: number;
  close(): Promise<void>;
}

export async function startChatServer(): Promise<ChatServer> {
  const server = http2.createServer(connectNodeAdapter({ routes }));
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on("connection", (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get connections() {
      return connections;
    },
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
