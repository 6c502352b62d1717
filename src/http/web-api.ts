/**
 * The platform's classes as they were before code under test could delete or replace the globals. The streams are
 * Node's own, since some test environments have none.
 */
import * as streams from "node:stream/web";
import { platformClasses } from "./platform-classes.ts";

const classes = platformClasses();
// One by one: the declarations of a destructured export do not build.
export const Headers = classes.Headers;
export const Request = classes.Request;
export const Response = classes.Response;
export type Headers = globalThis.Headers;
export type Request = globalThis.Request;
export type Response = globalThis.Response;

export const ReadableStream = streams.ReadableStream as unknown as typeof globalThis.ReadableStream;
export type ReadableStream<T = unknown> = globalThis.ReadableStream<T>;
export const WritableStream = streams.WritableStream as unknown as typeof globalThis.WritableStream;
