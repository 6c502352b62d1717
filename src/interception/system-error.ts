import { constants } from "node:os";
import type { TransportError } from "../cassette/model.ts";

/** The code of undici, and so of fetch, for a connection that was closed before the response was complete. */
export const CLOSED_EARLY = "UND_ERR_SOCKET";

/** Names of undici's errors by their codes; all other errors are named `Error`. */
const NAMES: Readonly<Record<string, string>> = {
  [CLOSED_EARLY]: "SocketError",
  UND_ERR_CONNECT_TIMEOUT: "ConnectTimeoutError",
  UND_ERR_HEADERS_TIMEOUT: "HeadersTimeoutError",
  UND_ERR_BODY_TIMEOUT: "BodyTimeoutError",
  UND_ERR_HEADERS_OVERFLOW: "HeadersOverflowError",
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: "ResponseContentLengthMismatchError",
};

/** Separates the messages of the addresses that were tried in turn, each with its own error. */
const SEPARATOR = "; ";

/** Describes a failed connection in a form from which {@link systemError} makes the same error again. */
export function transportError(error: Error): TransportError {
  const { code } = error as NodeJS.ErrnoException;
  return { message: messageOf(error), ...(typeof code === "string" ? { code } : {}) };
}

/** A host with several addresses fails with an error that has no message, and one error for each address. */
function messageOf(error: Error): string {
  if (error.message !== "" || !("errors" in error) || !Array.isArray(error.errors)) return error.message;
  return error.errors.map((each: Error) => each.message).join(SEPARATOR);
}

/**
 * Makes the error that the system or the client gave when this was recorded: the same name, code and details. Keeps
 * the cause of `failure`.
 */
export function systemError(failure: TransportError & { readonly cause?: unknown }): Error {
  const error = recordedError(failure);
  if (failure.cause !== undefined) {
    Object.defineProperty(error, "cause", { value: failure.cause, configurable: true, writable: true });
  }
  return error;
}

function recordedError({ code, message }: TransportError): Error {
  const parts = message.split(SEPARATOR);
  if (parts.length > 1 && parts.every((part) => SYSTEM_MESSAGE.test(part))) {
    const errors = parts.map((part) => oneError({ code: SYSTEM_MESSAGE.exec(part)?.[2], message: part }));
    return Object.assign(new AggregateError(errors), { code });
  }
  return oneError({ code, message });
}

function oneError({ code, message }: TransportError): Error {
  const error = new Error(message);
  const name = isOfParser(code, message) ? "HTTPParserError" : NAMES[code ?? ""];
  if (name !== undefined) error.name = name;
  return Object.assign(error, code === undefined ? {} : { code }, detailsOf(code, message));
}

/** `connect ECONNREFUSED 127.0.0.1:443`, `read ECONNRESET`, `getaddrinfo ENOTFOUND api.example.com` */
const SYSTEM_MESSAGE = /^([a-z]+) (E[A-Z_]+)(?: (\S+))?$/;

/** The errors that name resolution adds to those of the system. */
const NAME_ERRORS: Readonly<Record<string, number>> = { ENOTFOUND: -3008, EAI_AGAIN: -3001 };

/** Reads from a system's message what Node also gives as fields. */
function detailsOf(code: string | undefined, message: string): object {
  const [, syscall, named = "", target] = SYSTEM_MESSAGE.exec(message) ?? [];
  if (syscall === undefined || named !== code) return {};
  const number = constants.errno[named as keyof typeof constants.errno];
  const errno = number === undefined ? NAME_ERRORS[named] : -number;
  const common = errno === undefined ? {} : { errno, syscall };
  if (target === undefined) return common;
  if (syscall === "getaddrinfo") return { ...common, hostname: target };
  const [, address = target, port] = /^(.+):(\d+)$/.exec(target) ?? [];
  return { ...common, address, ...(port === undefined ? {} : { port: Number(port) }) };
}

/** undici's error has no code if its parser is the one in Node. */
function isOfParser(code: string | undefined, message: string): boolean {
  if (code !== undefined) return code.startsWith("HPE_");
  return message.startsWith("Response does not match the HTTP/1.1 protocol");
}
