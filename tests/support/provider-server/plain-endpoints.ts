import {
  type Answer,
  type HeaderList,
  stream,
  type Wire,
  type WireRequest,
  whole,
  wholeJson,
} from "./answer.ts";
import { noise, png } from "./wires/openai-other.ts";

/** What is no provider's: `/echo`, `/status/:code`, `/redirect/:status?to=`, `/headers`, `/png`, `/bytes`, `/lines`. */
export const plainEndpoints: Wire = {
  name: "plain",
  path: /^\/(echo|headers|png|bytes|lines|status\/\d{3}|redirect\/3\d\d)$/,
  answer(request) {
    const [, endpoint, argument] = request.path.split("/");
    switch (endpoint) {
      case "echo":
        return wholeJson(200, [], echoOf(request));
      case "status":
        return statusAnswer(Number(argument));
      case "redirect":
        return whole(Number(argument), [["location", request.query.get("to") ?? "/echo"]], "");
      case "headers":
        return whole(200, ODD_HEADERS, "odd headers");
      case "png":
        return whole(200, [["content-type", "image/png"]], png());
      case "bytes":
        return bytesAnswer(request);
      default:
        return linesAnswer(request);
    }
  },
  failure(status) {
    return whole(status, [["content-type", "text/plain"]], `naïve failure ${status}`);
  },
};

const ODD_HEADERS: HeaderList = [
  ["Content-Type", "text/plain; charset=utf-8"],
  ["Set-Cookie", "a=1; Path=/"],
  ["set-cookie", "b=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT"],
  ["X-ODD-Case", "Kept"],
  ["x-twice", "one"],
  ["x-twice", "two"],
  ["x-empty", ""],
  ["x-high", "na\u00EFve"],
];

/** Method, URL, headers and body; a body that is no UTF-8 stands in `base64`. */
function echoOf(request: WireRequest): Record<string, unknown> {
  const { "x-test-script": _, ...headers } = request.headers;
  const query = request.query.size > 0 ? `?${request.query}` : "";
  const echo = {
    method: request.method,
    url: `${request.path}${query}`,
    headers,
    length: request.bytes.length,
  };
  try {
    return {
      ...echo,
      body: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(request.bytes),
    };
  } catch {
    return { ...echo, base64: Buffer.from(request.bytes).toString("base64") };
  }
}

function statusAnswer(status: number): Answer {
  const empty = status === 204 || status === 205 || status === 304;
  return whole(status, [["content-type", "text/plain"]], empty ? "" : `status ${status}`);
}

/** `size` bytes in writes of `chunk`, in an order that depends on `seed`. */
function bytesAnswer(request: WireRequest): Answer {
  const number = (name: string, fallback: number): number => Number(request.query.get(name) ?? fallback);
  const bytes = noise(request.query.get("seed") ?? "", number("size", 65_536));
  const chunk = number("chunk", 16_384);
  const pieces = Array.from({ length: Math.ceil(bytes.length / chunk) }, (_, index) =>
    bytes.subarray(index * chunk, (index + 1) * chunk),
  );
  return stream([["content-type", "application/octet-stream"]], pieces, 0);
}

function linesAnswer(request: WireRequest): Answer {
  const count = Number(request.query.get("count") ?? 10);
  const lines = Array.from({ length: count }, (_, index) => `line ${index} é🎉\n`);
  return stream([["content-type", "text/plain; charset=utf-8"]], lines, 0);
}
