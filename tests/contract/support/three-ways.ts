import { expect } from "vitest";
import type { Interaction } from "../../../src/cassette/model.ts";
import type { CoreCassetteOptions } from "../../../src/core.ts";
import { isTransport } from "../../../src/format/transport.ts";
import type { Client, ClientRequest, ClientResult } from "../../support/clients/index.ts";
import type { ProviderServer } from "../../support/provider-server/index.ts";
import type { Ending } from "./endings.ts";
import { testCassette } from "./taping.ts";

/** What a client got of the same request three times over, and what the tape keeps of it. */
export interface ThreeWays {
  /** Outside any cassette. */
  readonly live: ClientResult;
  readonly recorded: ClientResult;
  readonly replayed: ClientResult;
  /** As read back from the file. */
  readonly tape: readonly Interaction[];
}

/** Sends `request` live, while recording, and while replaying; the last must not reach the server. */
export async function threeWays(
  client: Client,
  server: ProviderServer,
  request: () => ClientRequest,
  options: CoreCassetteOptions = {},
): Promise<ThreeWays> {
  using cassette = testCassette({ include: [server.url], ...options });
  const live = await client.send(request());
  const recorded = await cassette.record(() => client.send(request()));
  const before = [server.requests.length, server.acceptedConnections];
  const [replayed, tape] = await cassette.play(async ({ interactions }) => [
    await client.send(request()),
    interactions,
  ]);
  expect([server.requests.length, server.acceptedConnections]).toEqual(before);
  return { live, recorded, replayed, tape };
}

/** Response headers whose values are removed from a tape. That they were there, and how often, is kept. */
const REDACTED = [
  "set-cookie",
  "openai-organization",
  "anthropic-organization-id",
  "x-request-id",
  "request-id",
  "cf-ray",
];

/**
 * All that a client can see of a response, for comparing: without the times, the value of `date`, and the values
 * of {@link REDACTED} headers.
 */
export function seen(result: ClientResult): unknown {
  const { times: _, headers, rawHeaders, chunks, ...rest } = result;
  return {
    ...rest,
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, varies(name) ? [value].flat().length : value]),
    ),
    rawHeaders: rawHeaders?.map(([name, value]) => (varies(name) ? [name] : [name, value])),
    chunks: chunks.map((chunk) => Buffer.from(chunk).toString("latin1")),
  };
}

function varies(name: string): boolean {
  const lower = name.toLowerCase();
  return lower === "date" || REDACTED.includes(lower);
}

/** A client cannot tell whether a response was live, recorded or replayed. */
export function expectAllSame({ live, recorded, replayed }: ThreeWays): void {
  expect(seen(recorded), "while recording").toEqual(seen(live));
  expectSameReplay(replayed, live);
}

/** A client cannot tell a replayed response from a live one. */
export function expectSameReplay(replayed: ClientResult, live: ClientResult): void {
  expect(seen(transportLast(replayed)), "while replaying").toEqual(seen(transportLast(live)));
}

/** A tape keeps the order of header lines, but for those of transport, which it lists separately. */
export function transportLast(result: ClientResult): ClientResult {
  const { rawHeaders } = result;
  if (rawHeaders === undefined) return result;
  const transport = rawHeaders.filter(([name]) => isTransport(name));
  const others = rawHeaders.filter(([name]) => !isTransport(name));
  const sorted = transport.toSorted(([one], [other]) => one.localeCompare(other));
  return { ...result, rawHeaders: [...others, ...sorted] };
}

/** The tape says how the response ended, and has the very chunks that the client read. */
export function expectOnTape({ live, tape }: ThreeWays, ending: Ending, client: Client): void {
  expect(tape).toHaveLength(1);
  const [{ response }] = tape as [Interaction];
  expect(response).toMatchObject({ status: ending.status, end: ending.end });
  expect(response.error?.code).toBe(ending.code);
  expect(response.timing?.chunks).toHaveLength(response.chunks.length);
  if (client.reads === "stream" && ending.status !== 0) expect(response.chunks).toEqual(live.chunks);
}

export function textOf(chunks: readonly Uint8Array[]): string {
  return Buffer.concat(chunks).toString();
}
