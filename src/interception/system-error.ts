import { constants } from "node:os";
import type { TransportError } from "../cassette/model.ts";

/** What undici, and so fetch, calls a connection that was closed before the response was complete. */
export const CLOSED_EARLY = "UND_ERR_SOCKET";

/** Names of the errors that undici gives by their codes; of others nothing but `Error` is known. */
const NAMES: Readonly<Record<string, string>> = {
  [CLOSED_EARLY]: "SocketError",
  UND_ERR_CONNECT_TIMEOUT: "ConnectTimeoutError",
  UND_ERR_HEADERS_TIMEOUT: "HeadersTimeoutError",
  UND_ERR_BODY_TIMEOUT: "BodyTimeoutError",
  UND_ERR_HEADERS_OVERFLOW: "HeadersOverflowError",
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: "ResponseContentLengthMismatchError",
};

/** An error with the name, code and message that the system or the client gave when this was recorded. */
export function systemError({ code, message }: TransportError): Error {
  const error = new Error(message);
  const name = isOfParser(code, message) ? "HTTPParserError" : NAMES[code ?? ""];
  if (name !== undefined) error.name = name;
  if (code === undefined) return error;
  Object.assign(error, { code });
  const errno = constants.errno[code as keyof typeof constants.errno];
  const [, syscall] = /^([a-z]+) E[A-Z]+/.exec(message) ?? [];
  if (errno !== undefined && syscall !== undefined) Object.assign(error, { errno: -errno, syscall });
  return error;
}

/** undici's has no code where its parser is the one in Node. */
function isOfParser(code: string | undefined, message: string): boolean {
  if (code !== undefined) return code.startsWith("HPE_");
  return message.startsWith("Response does not match the HTTP/1.1 protocol");
}
