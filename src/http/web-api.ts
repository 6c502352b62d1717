/**
 * The platform's classes as they were before code under test could delete or replace the globals. The streams are
 * Node's own, since some test environments have none.
 */
import * as streams from "node:stream/web";
import { platformClasses } from "./platform-classes.ts";

export const { Headers, Request, Response } = platformClasses();
export type Headers = globalThis.Headers;
export type Request = globalThis.Request;
export type Response = globalThis.Response;

export const ReadableStream = streams.ReadableStream as unknown as typeof globalThis.ReadableStream;
export type ReadableStream<T = unknown> = globalThis.ReadableStream<T>;
export const WritableStream = streams.WritableStream as unknown as typeof globalThis.WritableStream;
