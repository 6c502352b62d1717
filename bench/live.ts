/**
 * Measures the live view against its limits: what an event costs in a worker, how long it takes to a browser in another
 * process, and how much memory is held for a viewer or a server that hangs. Of several rounds the quietest counts: other
 * processes take their time from both sides of a connection. Fails if a limit is exceeded.
 *
 *     npm run bench:live
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import net from "node:net";
import { WebSocket } from "ws";
import { EventBus } from "../src/events/bus.ts";
import { ChunkEvents } from "../src/events/chunk-events.ts";
import type { CassetteEvent } from "../src/events/event.ts";
import { EventQueue } from "../src/events/event-queue.ts";
import { connectEventSocket, type EventAddress } from "../src/events/event-socket.ts";
import { now, pause, timeNow, turn } from "../src/http/real-clock.ts";
import { startLiveServer } from "../src/live/live-view.ts";
import { readEnvironment } from "../src/options/environment.ts";
import { resolveOptions } from "../src/options/resolve-options.ts";
import { createRedactorAndRules } from "../src/session/create-redactor-and-rules.ts";

const BURST = 2_000;
const SESSIONS = 1_000;
const ROUNDS = 9;
const MEGABYTES = 200;

interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  readonly limit?: number;
}

/** A process of this benchmark. */
type Role = "server" | "hung server" | "viewer" | "hung viewer" | "worker";

/** What a worker is to do. */
type Task = "costs" | "burst" | "sessions" | "megabytes" | "nothing";

const encoder = new TextEncoder();
const request = {
  method: "POST",
  url: "https://api.openai.com/v1/chat/completions",
  headers: [],
  body: encoder.encode("{}"),
} as const;
const response = { status: 200, headers: [["content-type", "text/event-stream"]], decoded: false } as const;

function percentile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN;
}

/** A chunk of an answer, about 230 bytes. */
function chunkOf(index: number): Uint8Array {
  const choices = [{ index: 0, delta: { content: `word${index} ` }, finish_reason: null }];
  const event = { id: "chatcmpl-123", object: "chat.completion.chunk", created: 1_790_000_000, choices };
  return encoder.encode(
    `data: ${JSON.stringify({ ...event, model: "gpt-5-mini", service_tier: "auto" })}\n\n`,
  );
}

const chunks = Array.from({ length: BURST }, (_, index) => chunkOf(index));

function stream(bus: EventBus, redactor?: ReturnType<typeof redactorOf>): ChunkEvents {
  return new ChunkEvents(bus, { id: "1", parent: undefined, request, response, redactor });
}

function redactorOf(): ReturnType<typeof createRedactorAndRules>["redactor"] {
  const options = resolveOptions({ environment: readEnvironment({}) });
  return createRedactorAndRules(options, process.env).redactor;
}

/** Measures one burst in the worker: each call in the code's path, and the processor time of the rest. */
async function costsOf(
  queue: EventQueue,
  redactor?: ReturnType<typeof redactorOf>,
): Promise<[number, number]> {
  const bus = new EventBus("costs", new Set([queue]), () => ({ test: "costs" }));
  bus.start();
  const its = stream(bus, redactor);
  const costs: number[] = [];
  for (const [index, chunk] of chunks.entries()) {
    const before = now();
    its.add(chunk, index);
    costs.push((now() - before) * 1_000);
  }
  const before = process.cpuUsage();
  while (queue.length > 0) await turn();
  const { user, system } = process.cpuUsage(before);
  await queue.flush(1_000);
  return [percentile(costs, 0.99), (user + system) / BURST];
}

async function measureCosts(queue: EventQueue): Promise<readonly Figure[]> {
  const rounds = async (redactor?: ReturnType<typeof redactorOf>): Promise<readonly [number, number]> => {
    const all: [number, number][] = [];
    for (let round = 0; round < ROUNDS; round++) all.push(await costsOf(queue, redactor));
    // The first ones compile it.
    const warm = all.slice(2);
    return [Math.min(...warm.map(([first]) => first)), Math.min(...warm.map(([, second]) => second))];
  };
  const [played, work] = await rounds();
  const [recorded, recordedWork] = await rounds(redactorOf());
  const quiet = stream(new EventBus("off", new Set(), () => ({ test: "off" })));
  const off = Array.from({ length: ROUNDS }, () => {
    const before = now();
    for (let time = 0; time < 50; time++) for (const chunk of chunks) quiet.add(chunk, 0);
    return ((now() - before) * 1_000) / 50 / BURST;
  });
  return [
    { what: "a chunk, in the path of the code, p99", value: played, unit: "µs", limit: 20 },
    { what: "a chunk, between its turns", value: work, unit: "µs" },
    { what: "both", value: played + work, unit: "µs", limit: 20 },
    { what: "a chunk while recording, in the path of the code, p99", value: recorded, unit: "µs", limit: 20 },
    { what: "a chunk while recording, between its turns", value: recordedWork, unit: "µs" },
    { what: "both", value: recorded + recordedWork, unit: "µs", limit: 20 },
    { what: "a chunk while nobody watches", value: Math.min(...off), unit: "µs", limit: 0.1 },
  ];
}

/** Sends what the task says, at once. */
async function work(task: Task, address: EventAddress): Promise<unknown> {
  const socket = connectEventSocket(address);
  const queue = new EventQueue(socket);
  const open = (id: string): EventBus => {
    const bus = new EventBus(id, new Set([queue]), () => ({ test: id }));
    bus.start();
    return bus;
  };
  let result: unknown;
  switch (task) {
    case "costs":
      result = await measureCosts(queue);
      break;
    case "burst": {
      const bus = open(`burst ${now()}`);
      const its = stream(bus);
      for (const chunk of chunks) its.add(chunk, 0);
      bus.end(false);
      break;
    }
    case "sessions": {
      const all = Array.from({ length: SESSIONS }, (_, index) => open(`session ${index} ${now()}`));
      for (const bus of all) stream(bus).add(chunks[0] as Uint8Array, 0);
      for (const bus of all) bus.end(false);
      break;
    }
    case "megabytes": {
      const bus = open("large");
      const data = "x".repeat(8_000);
      const count = (MEGABYTES * 2 ** 20) / data.length;
      for (let index = 0; index < count; index++) {
        bus.emit("chunk", () => ({ id: "1", index, bytes: data.length, data: `${index} ${data}` }), {
          bytes: data.length,
          onDrop: () => undefined,
        });
        if (index % 20 === 0) await turn();
      }
      bus.end(false);
    }
  }
  const before = now();
  await queue.flush(200);
  const waited = now() - before;
  if (task !== "megabytes") await queue.flush(2_000);
  socket.close();
  return result ?? waited;
}

/** Collects how long events took, until so many sessions have ended. */
async function watch(url: string): Promise<void> {
  const socket = new WebSocket(url.replace("http", "ws").replace("/?", "/events?"));
  let late: number[] = [];
  let ended = 0;
  socket.on("message", (data) => {
    const arrived = timeNow();
    for (const line of String(data).split("\n")) {
      const { type, time } = JSON.parse(line) as CassetteEvent;
      late.push(arrived - time);
      if (type === "session_end") ended++;
    }
  });
  process.on("message", async (sessions: number) => {
    while (ended < sessions) await pause(2);
    process.send?.(late);
    [late, ended] = [[], 0];
  });
  await once(socket, "open");
  process.send?.("ready");
}

async function play(role: Role): Promise<void> {
  const [, , , first = ""] = process.argv;
  const memory = (): number => process.resourceUsage().maxRSS / 1_024;
  switch (role) {
    case "server": {
      const { url, address } = await startLiveServer({}, () => "");
      process.on("message", () => process.send?.(memory()));
      process.send?.({ url, address });
      return;
    }
    case "hung server": {
      const server = net.createServer((socket) => socket.pause());
      await once(server.listen(0, "127.0.0.1"), "listening");
      process.send?.({ url: "", address: { port: (server.address() as net.AddressInfo).port, token: "x" } });
      return;
    }
    case "viewer":
      return watch(first);
    case "hung viewer": {
      const socket = new WebSocket(first.replace("http", "ws").replace("/?", "/events?"));
      await once(socket, "open");
      socket.pause();
      process.send?.("ready");
      return;
    }
    case "worker":
      process.on("message", async (task: Task) => {
        const result = await work(task, JSON.parse(first) as EventAddress);
        process.send?.({ result, memory: memory() });
      });
      process.send?.("ready");
  }
}

const children: ChildProcess[] = [];

async function start<T>(
  role: Role,
  argument = "",
): Promise<{ readonly child: ChildProcess; readonly said: T }> {
  const child = fork(import.meta.filename, [role, argument]);
  children.push(child);
  const [said] = (await once(child, "message")) as [T];
  return { child, said };
}

async function ask<T>(child: ChildProcess, message: unknown): Promise<T> {
  child.send(message as string);
  const [answer] = (await once(child, "message")) as [T];
  return answer;
}

interface Server {
  readonly url: string;
  readonly address: EventAddress;
}

interface Done<T = unknown> {
  readonly result: T;
  readonly memory: number;
}

async function run(): Promise<readonly Figure[]> {
  const { child: server, said } = await start<Server>("server");
  const address = JSON.stringify(said.address);
  const { child: worker } = await start("worker", address);
  const { child: viewer } = await start("viewer", said.url);
  const late = async (task: Task, sessions: number): Promise<readonly [number, number]> => {
    const rounds: [number, number][] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const arrived = ask<readonly number[]>(viewer, sessions);
      worker.send(task);
      const times = await arrived;
      rounds.push([percentile(times, 0.5), percentile(times, 0.99)]);
      await pause(50);
    }
    return [Math.min(...rounds.map(([half]) => half)), Math.min(...rounds.map(([, most]) => most))];
  };
  const burst = await late("burst", 1);
  const sessions = await late("sessions", SESSIONS);
  viewer.kill();
  const { child: measured } = await start("worker", address);
  const costs = await ask<Done<readonly Figure[]>>(measured, "costs");

  const alone = await start("worker", address);
  const nothing = await ask<Done>(alone.child, "nothing");
  const before = await ask<number>(server, "memory");
  await start("hung viewer", said.url);
  const { child: busy } = await start("worker", address);
  await ask<Done>(busy, "megabytes");
  await pause(500);
  const after = await ask<number>(server, "memory");
  const hung = await start<Server>("hung server");
  const { child: stuck } = await start("worker", JSON.stringify(hung.said.address));
  const blocked = await ask<Done<number>>(stuck, "megabytes");
  return [
    ...costs.result,
    { what: `a burst of ${BURST} events to a browser, p50`, value: burst[0], unit: "ms" },
    { what: `a burst of ${BURST} events to a browser, p99`, value: burst[1], unit: "ms", limit: 100 },
    { what: `${SESSIONS} sessions at once to a browser, p99`, value: sessions[1], unit: "ms", limit: 100 },
    {
      what: `memory of the server for ${MEGABYTES} MB of events that a viewer does not read`,
      value: after - before,
      unit: "MB",
      limit: 200,
    },
    {
      what: `memory of the worker for ${MEGABYTES} MB of events that the server does not read`,
      value: blocked.memory - nothing.memory,
      unit: "MB",
      limit: 64,
    },
    { what: "the wait at the end for a server that hangs", value: blocked.result, unit: "ms", limit: 300 },
  ];
}

const [, , role] = process.argv;
if (role !== undefined) await play(role as Role);
else {
  const figures = await run();
  for (const child of children) child.kill();
  console.log("| the live view | | limit | |\n| --- | ---: | ---: | --- |");
  for (const { what, value, unit, limit } of figures) {
    const holds = limit === undefined ? "" : value <= limit ? "holds" : "**missed**";
    if (holds === "**missed**") process.exitCode = 1;
    const most = limit === undefined ? "" : `${limit} ${unit}`;
    console.log(`| ${what} | ${value.toFixed(value < 10 ? 2 : 0)} ${unit} | ${most} | ${holds} |`);
  }
}
