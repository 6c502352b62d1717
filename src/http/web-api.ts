/**
 * The platform's classes, captured when the package loads: code under test may delete or replace the globals. The
 * streams are Node's own, since some test environments have none.
 */
import * as streams from "node:stream/web";

export const Headers = globalThis.Headers;
export const Request = globalThis.Request;
export const Response = globalThis.Response;
export type Headers = globalThis.Headers;
export type Request = globalThis.Request;
export type Response = globalThis.Response;

export const ReadableStream = streams.ReadableStream as unknown as typeof globalThis.ReadableStream;
export type ReadableStream<T = unknown> = globalThis.ReadableStream<T>;
export const WritableStream = streams.WritableStream as unknown as typeof globalThis.WritableStream;
