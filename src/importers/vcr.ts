import { Buffer } from "node:buffer";
import { isObject } from "../cassette/is-object.ts";
import type { Imported, Importer } from "./imported.ts";
import { interactionOf } from "./interaction.ts";
import { bytesOf, fieldsOf, fromBase64, headersOf, listOf, numberOf, textOf } from "./values.ts";

/** Cassettes of vcr-test: a list of requests and responses. */
export const vcrTest: Importer = {
  from: "vcr-test",
  matches: (content) =>
    listOf(content).some((each) => typeof fieldsOf(fieldsOf(each).request).url === "string"),
  read: (content) => readAll("vcr-test", listOf(content)),
};

/** Cassettes of VCR for Ruby: `http_interactions`, bodies with an encoding. */
export const vcrRuby: Importer = {
  from: "VCR",
  matches: (content) => Array.isArray(fieldsOf(content).http_interactions),
  read: (content) => readAll("VCR", listOf(fieldsOf(content).http_interactions)),
};

/** Cassettes of VCR.py and pytest-recording, and of cassetter, which has the same outline. */
export const vcrPy: Importer = {
  from: "VCR.py",
  matches: (content) =>
    Array.isArray(fieldsOf(content).interactions) && numberOf(fieldsOf(content).version) === 1,
  read(content) {
    const { interactions, grpc_interactions: grpc, ws_interactions: sockets } = fieldsOf(content);
    const isCassetter = listOf(interactions).some(
      (each) => typeof fieldsOf(fieldsOf(each).response).status === "number",
    );
    const read = readAll(isCassetter ? "cassetter" : "VCR.py", listOf(interactions));
    const left = listOf(grpc).length + listOf(sockets).length;
    if (left === 0) return read;
    return { ...read, notes: [...read.notes, `${left} gRPC and WebSocket interactions were left out.`] };
  },
};

function readAll(from: string, entries: readonly unknown[]): Imported {
  const times = entries.map((each) => Date.parse(textOf(fieldsOf(each).recorded_at)));
  const began = Math.min(...times.filter(Number.isFinite));
  const interactions = entries.map((each, index) => {
    const request = fieldsOf(fieldsOf(each).request);
    const response = fieldsOf(fieldsOf(each).response);
    const status = fieldsOf(response.status);
    const time = times[index] as number;
    const responseHeaders = headersOf(response.headers);
    return interactionOf({
      at: Number.isFinite(time) ? time - began : 0,
      method: textOf(request.method).replace(/^:/, ""),
      url: textOf(request.uri ?? request.url),
      requestHeaders: headersOf(request.headers),
      requestBody: bodyOf(request.body, []),
      status: numberOf(status.code ?? response.status) ?? 200,
      statusText: textOf(status.message ?? response.statusText),
      responseHeaders,
      responseBody: bodyOf(response.body, responseHeaders),
    });
  });
  return { from, interactions, notes: [] };
}

/** vcr-test keeps the bodies of these types in base64. */
const BINARY = /^(?:image|audio|video|font)\/|^application\/(?:octet-stream|pdf|zip)/i;

function bodyOf(body: unknown, headers: ReturnType<typeof headersOf>): Uint8Array {
  if (!isObject(body) || body instanceof Uint8Array) {
    const type = headers.find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? "";
    return typeof body === "string" && BINARY.test(type) ? fromBase64(body) : bytesOf(body);
  }
  // VCR: `string` or `base64_string`. cassetter: `content`, of a `type`.
  if ("base64_string" in body) return fromBase64(textOf(body.base64_string));
  if ("string" in body) return bytesOf(body.string);
  if (body.type === "binary" && typeof body.content === "string") {
    return Uint8Array.from(Buffer.from(body.content, "hex"));
  }
  return "content" in body ? bytesOf(body.content) : bytesOf(body);
}
