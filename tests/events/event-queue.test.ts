import net from "node:net";
import { afterEach, expect, test } from "vitest";
import { EventBus, type EventOutput } from "../../src/events/bus.ts";
import type { CassetteEvent } from "../../src/events/event.ts";
import { EventQueue, type EventSink } from "../../src/events/event-queue.ts";
import { connectEventSocket } from "../../src/events/event-socket.ts";
import { now, pause, turn } from "../../src/http/real-clock.ts";

/** Enough for all events of a test in one turn. */
const LONG_TURN = { turn: 60_000 };

/** A sink that the test opens and closes. */
function sink(): EventSink & { isFull: boolean; isClosed: boolean; text: string; ready(): void } {
  const listeners: (() => void)[] = [];
  return {
    isFull: false,
    isClosed: false,
    text: "",
    write(lines) {
      this.text += lines;
    },
    flushed: () => Promise.resolve(),
    onReady: (listener) => void listeners.push(listener),
    ready: () => {
      for (const listener of listeners) listener();
    },
  };
}

const busOf = (output: EventOutput): EventBus =>
  new EventBus("s", new Set([output]), () => ({ test: "a test" }));
const log = (bus: EventBus, message: string): void => bus.emit("log", () => ({ message }));
const chunk = (bus: EventBus, index: number, held = 0): void =>
  bus.emit("chunk", () => ({ id: "1", index, bytes: 1 }), { bytes: held, onDrop: () => undefined });
const eventsIn = (text: string): readonly CassetteEvent[] =>
  text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as CassetteEvent);

test("sends nothing before the next turn of the event loop, then all in order", async () => {
  const out = sink();
  const bus = busOf(new EventQueue(out, LONG_TURN));
  bus.start();
  for (let index = 0; index < 50; index++) log(bus, `${index}`);
  bus.end(false);
  log(bus, "too late");
  await Promise.resolve();
  expect(out.text).toBe("");
  await turn();
  expect(eventsIn(out.text).map(({ seq }) => seq)).toEqual(
    Array.from({ length: 52 }, (_, index) => index + 1),
  );
});

test("works for a few milliseconds a turn, so that the code under test keeps its turns", async () => {
  const out = sink();
  const bus = busOf(new EventQueue(out, { turn: 2 }));
  for (let index = 0; index < 20; index++) {
    bus.emit("log", () => {
      const until = now() + 1;
      while (now() < until);
      return { message: "slow" };
    });
  }
  await turn();
  expect(eventsIn(out.text).length).toBeLessThan(6);
  let turns = 1;
  for (; eventsIn(out.text).length < 21; turns++) await turn();
  expect(turns).toBeGreaterThan(5);
});

test("if it is full, chunks are dropped first, and the session says how many", async () => {
  const out = sink();
  out.isFull = true;
  const queue = new EventQueue(out, { ...LONG_TURN, events: 100 });
  const bus = busOf(queue);
  for (let index = 0; index < 500; index++) {
    chunk(bus, index);
    if (index % 10 === 0) log(bus, `${index}`);
    expect(queue.length).toBeLessThanOrEqual(100);
  }
  bus.end(false);
  out.isFull = false;
  out.ready();
  await turn();
  const events = eventsIn(out.text);
  const logs = events.filter(({ type }) => type === "log");
  const chunks = events.filter(({ type }) => type === "chunk");
  expect(logs).toHaveLength(50);
  expect(events.map(({ type }) => type).slice(-2)).toEqual(["dropped", "session_end"]);
  expect(events.at(-2)).toMatchObject({ count: 500 - chunks.length });
  expect(bus.counts).toEqual({ sent: 552, dropped: 500 - chunks.length });
  expect(events.filter(({ type }) => type === "dropped")).toHaveLength(1);
});

test("the bytes that chunks hold are bounded", () => {
  const out = sink();
  out.isFull = true;
  const queue = new EventQueue(out, { bytes: 1_000 });
  const bus = busOf(queue);
  for (let index = 0; index < 100; index++) chunk(bus, index, 300);
  expect(queue.length).toBe(4);
  expect(bus.counts.dropped).toBe(97);
});

test("events that are dropped or go to nobody are never worked out", async () => {
  const out = sink();
  const bus = busOf(new EventQueue(out, LONG_TURN));
  let reads = 0;
  const emit = (): void =>
    bus.emit("log", () => {
      reads++;
      return { message: "" };
    });
  emit();
  await turn();
  expect(reads).toBe(1);
  out.isClosed = true;
  emit();
  await turn();
  expect(reads).toBe(1);
});

test("a value that is no JSON costs its own event only", async () => {
  const out = sink();
  const bus = busOf(new EventQueue(out, LONG_TURN));
  bus.emit("log", () => ({ message: "odd", data: 1n }));
  log(bus, "fine");
  await turn();
  expect(eventsIn(out.text).map(({ type }) => type)).toEqual(["session_start", "log"]);
});

const servers: net.Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function serve(onConnection: (socket: net.Socket) => void): Promise<number> {
  const server = net.createServer(onConnection);
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return (server.address() as net.AddressInfo).port;
}

test("a server that hangs costs a bounded amount of memory, and no more than the limit at the end", async () => {
  const sockets: net.Socket[] = [];
  const port = await serve((socket) => sockets.push(socket.pause()));
  const socket = connectEventSocket({ port, token: "t" });
  const queue = new EventQueue(socket, { events: 1_000, bytes: 100_000 });
  const bus = busOf(queue);
  const data = "x".repeat(20_000);
  for (let index = 0; index < 1_000; index++) {
    bus.emit("chunk", () => ({ id: "1", index, bytes: 1, data }), {
      bytes: data.length,
      onDrop: () => undefined,
    });
    if (index % 5 === 0) await turn();
  }
  expect(bus.counts.dropped).toBeGreaterThan(100);
  expect(queue.length).toBeLessThanOrEqual(5);
  const before = now();
  await queue.flush(50);
  expect(now() - before).toBeGreaterThan(45);
  expect(now() - before).toBeLessThan(500);
  socket.close();
  for (const each of sockets) each.destroy();
});

test.each([
  ["a server that is killed", (socket: net.Socket) => void socket.resetAndDestroy()],
  ["no server", undefined],
])("%s costs nothing", async (_, onConnection) => {
  const port = await serve(onConnection ?? (() => undefined));
  if (onConnection === undefined) await new Promise((done) => servers.pop()?.close(done));
  const socket = connectEventSocket({ port, token: "t" });
  const queue = new EventQueue(socket);
  const bus = busOf(queue);
  log(bus, "first");
  for (let waited = 0; !socket.isClosed && waited < 200; waited++) await pause(5);
  expect(socket.isClosed).toBe(true);
  for (let index = 0; index < 100; index++) log(bus, "lost");
  const before = now();
  await queue.flush(1_000);
  expect(now() - before).toBeLessThan(100);
  expect(queue.length).toBe(0);
});

test("what is queued when a test file ends is sent", async () => {
  let text = "";
  const port = await serve((socket) => void socket.setEncoding("utf8").on("data", (data) => (text += data)));
  const socket = connectEventSocket({ port, token: "secret" });
  const queue = new EventQueue(socket);
  const bus = busOf(queue);
  for (let index = 0; index < 2_000; index++) log(bus, "x".repeat(300));
  await queue.flush(1_000);
  socket.close();
  for (let waited = 0; text.split("\n").length < 2_003 && waited < 200; waited++) await pause(5);
  expect(text.slice(0, 7)).toBe("secret\n");
  expect(eventsIn(text.slice(7))).toHaveLength(2_001);
});
