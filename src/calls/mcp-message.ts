import { isObject } from "../cassette/is-object.ts";
import type { RecordedMcpError } from "../cassette/model.ts";
import type { TapeValue } from "../cassette/tape-value.ts";

type Id = string | number;

/** A message of JSON-RPC 2.0. */
export interface McpMessage {
  readonly jsonrpc?: unknown;
  readonly id?: Id | undefined;
  readonly method?: string | undefined;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: unknown;
}

/** As a method, it takes the messages of each SDK, which has a type of its own for them. */
type OnMessage = { of(message: unknown, extra?: unknown): void }["of"];

/** What the client transports of the MCP SDKs have in common. */
export interface McpTransport {
  start(): Promise<void>;
  send(message: unknown, options?: unknown): Promise<void>;
  close(): Promise<void>;
  onmessage?: OnMessage | undefined;
  onclose?: (() => void) | undefined;
  onerror?: ((error: Error) => void) | undefined;
  setProtocolVersion?: ((version: string) => void) | undefined;
}

/** A value as it is on the wire: JSON. */
export function asJson(value: unknown): TapeValue | undefined {
  const text = JSON.stringify(value);
  return text === undefined ? undefined : (JSON.parse(text) as TapeValue);
}

/** What a response answers, as a tape stores it. */
export function answerOf({ result, error }: McpMessage): {
  readonly result?: TapeValue;
  readonly error?: RecordedMcpError;
} {
  if (error !== undefined) return { error: asJson(error) as unknown as RecordedMcpError };
  return { result: asJson(result) ?? {} };
}

/** The token by which the sender of these params is told about progress. */
export function tokenAskedBy(params: unknown): Id | undefined {
  const meta = isObject(params) ? params._meta : undefined;
  return isObject(meta) ? (meta.progressToken as Id | undefined) : undefined;
}

/** The token of a message about progress. */
export function tokenToldBy(params: unknown): Id | undefined {
  return isObject(params) ? (params.progressToken as Id | undefined) : undefined;
}

/** Returns params with other progress tokens, and without the id of a request. */
export function withTokens(
  params: TapeValue | undefined,
  replace: (token: Id) => Id | undefined,
): TapeValue | undefined {
  if (!isObject(params)) return params;
  const { requestId: _, progressToken, ...rest } = params as { readonly [key: string]: TapeValue };
  const told = progressToken === undefined ? undefined : replace(progressToken as Id);
  const asked = tokenAskedBy(params);
  const token = asked === undefined ? undefined : replace(asked);
  return {
    ...(told === undefined ? {} : { progressToken: told }),
    ...rest,
    ...(token === undefined ? {} : { _meta: { ...(rest._meta as object), progressToken: token } }),
  };
}
