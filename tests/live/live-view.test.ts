import { once } from "node:events";
import net from "node:net";
import { afterEach, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { EventBus } from "../../src/events/bus.ts";
import type { CassetteEvent } from "../../src/events/event.ts";
import { EventQueue } from "../../src/events/event-queue.ts";
import { connectEventSocket } from "../../src/events/event-socket.ts";
import { EventStore } from "../../src/live/event-store.ts";
import { type LiveServer, startLiveServer } from "../../src/live/live-view.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});

async function start(): Promise<LiveServer> {
  const server = await startLiveServer({}, () => "<p>the page</p>");
  cleanups.push(() => server.close());
  return server;
}

/** A worker with its own connection. */
function worker(server: LiveServer): {
  session(id: string, cassette?: string): EventBus;
  end(): Promise<void>;
} {
  const socket = connectEventSocket(server.address);
  const queue = new EventQueue(socket);
  cleanups.push(() => socket.close());
  return {
    session: (id, cassette) => {
      const bus = new EventBus(id, new Set([queue]), () => ({ test: id, cassette }));
      bus.start();
      return bus;
    },
    end: async () => {
      await queue.flush(1_000);
      socket.close();
    },
  };
}

interface View {
  readonly socket: WebSocket;
  readonly events: CassetteEvent[];
  /** Waits until there are so many events. */
  until(count: number): Promise<readonly CassetteEvent[]>;
}

async function view(
  server: LiveServer,
  query: Readonly<Record<string, string>> = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<View> {
  const url = new URL(server.url);
  url.protocol = "ws:";
  url.pathname = "/events";
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const socket = new WebSocket(url, { headers });
  cleanups.push(() => socket.terminate());
  const events: CassetteEvent[] = [];
  socket.on("message", (data) => {
    for (const line of String(data).split("\n")) events.push(JSON.parse(line) as CassetteEvent);
  });
  await once(socket, "open");
  return {
    socket,
    events,
    until: async (count) => {
      await expect.poll(() => events.length, { timeout: 5_000 }).toBeGreaterThanOrEqual(count);
      return events;
    },
  };
}

const log = (bus: EventBus, message: string): void => bus.emit("log", () => ({ message }));
const messages = (events: readonly CassetteEvent[]): readonly string[] =>
  events.flatMap((event) => (event.type === "log" ? [event.message] : []));

test("the page needs the token, and is for no other page", async () => {
  const server = await start();
  const { origin } = new URL(server.url);
  const page = await fetch(server.url);
  expect(await page.text()).toBe("<p>the page</p>");
  expect(page.headers.get("referrer-policy")).toBe("no-referrer");

  const status = async (url: string, headers: Record<string, string> = {}): Promise<number> =>
    (await fetch(url, { headers })).status;
  expect(await status(origin)).toBe(403);
  expect(await status(`${server.url}x`)).toBe(403);
  expect(await status(server.url.replace("?token=", "?token=x"))).toBe(403);
  expect(await status(server.url, { origin: "https://evil.example" })).toBe(403);
  expect(await status(server.url, { origin })).toBe(200);
  expect(await status(server.url.replace("/?", "/other?"))).toBe(404);
});

test("events need the token, and are for no other page", async () => {
  const server = await start();
  const { origin } = new URL(server.url);
  const log403 = "Unexpected server response: 403";
  await expect(view(server, { token: "wrong" })).rejects.toThrow(log403);
  await expect(view(server, { token: "" })).rejects.toThrow(log403);
  await expect(view(server, {}, { origin: "https://evil.example" })).rejects.toThrow(log403);
  await expect(view(server, {}, { origin: "null" })).rejects.toThrow(log403);
  await view(server, {}, { origin });
});

test("a process without the token of the workers is refused", async () => {
  const server = await start();
  const { events } = await view(server);
  const event = '{"v":1,"session":"s","seq":1,"time":1,"type":"log","message":"injected"}\n';
  for (const text of [`POST / HTTP/1.1\n${event}`, `\n${event}`, "x".repeat(5_000)]) {
    const socket = net.connect(server.address.port, "127.0.0.1");
    socket.on("error", () => undefined);
    socket.write(text);
    await once(socket, "close");
  }
  expect(events).toEqual([]);
});

test("who connects late gets what was, then what comes", async () => {
  const server = await start();
  const bus = worker(server).session("a");
  log(bus, "before");
  const first = await view(server);
  await first.until(2);
  const late = await view(server);
  log(bus, "after");
  expect(messages(await late.until(3))).toEqual(["before", "after"]);
  expect(messages(await first.until(3))).toEqual(["before", "after"]);
});

test("what happens while a viewer catches up comes once, and in order", async () => {
  const server = await start();
  const first = await view(server);
  const { session } = worker(server);
  const sessions = Array.from({ length: 10 }, (_, index) => session(`${index}`));
  const text = "x".repeat(100_000);
  const say = async (message: string, count: number): Promise<void> => {
    const before = first.events.length;
    for (let index = 0; index < count; index++) {
      for (const bus of sessions) log(bus, message);
      await first.until(before + (index + 1) * sessions.length);
    }
  };
  await say(text, 15);
  const late = await view(server);
  // More than the system keeps for it.
  late.socket.pause();
  await say("more", 5);
  late.socket.resume();
  const events = await late.until(sessions.length * 21);
  for (const its of Map.groupBy(events, (event) => event.session).values())
    expect(its.map(({ seq }) => seq)).toEqual(Array.from({ length: 21 }, (_, index) => index + 1));
});

test("several workers, and several browsers, at the same time", async () => {
  const server = await start();
  const views = [await view(server), await view(server)];
  for (let index = 0; index < 4; index++) {
    const each = worker(server);
    for (let session = 0; session < 250; session++) {
      const bus = each.session(`worker ${index} › ${session}`);
      log(bus, "said");
      bus.end(false);
    }
    void each.end();
  }
  for (const { until, events } of [...views, await view(server)]) {
    await until(3_000);
    const sessions = Map.groupBy(events, ({ session }) => session);
    expect(sessions.size).toBe(1_000);
    for (const its of sessions.values()) expect(its.map(({ seq }) => seq)).toEqual([1, 2, 3]);
  }
});

test("?session= gives the sessions whose id contains it, before and after", async () => {
  const server = await start();
  const { session } = worker(server);
  const [one, other] = [session("chat.test.ts › tells a joke"), session("chat.test.ts › sums")];
  log(one, "1");
  log(other, "2");
  await (await view(server)).until(4);
  const { events, until } = await view(server, { session: "tells a joke" });
  log(other, "3");
  log(one, "4");
  await until(3);
  expect(messages(events)).toEqual(["1", "4"]);
});

test("the same id in two processes is two sessions; a test that runs again replaces its session", async () => {
  const server = await start();
  const [one, other] = [worker(server), worker(server)];
  log(one.session("import"), "one");
  const before = await view(server);
  await before.until(2);
  log(other.session("import"), "other");
  await before.until(4);
  expect(before.events.map(({ session }) => session)).toEqual([
    "import",
    "import",
    "import [2]",
    "import [2]",
  ]);
  await one.end();
  await before.until(5);
  expect(before.events.at(-1)).toMatchObject({
    type: "session_end",
    session: "import",
    seq: 3,
    failed: false,
  });

  log(worker(server).session("import"), "again");
  await before.until(7);
  const late = await view(server);
  const events = await late.until(4);
  expect(messages(events.filter(({ session }) => session === "import"))).toEqual(["again"]);
});

test("the session of a test whose process is gone has failed", async () => {
  const server = await start();
  const each = worker(server);
  each.session("a test", "cassettes/a.yaml");
  const { until } = await view(server);
  await until(1);
  await each.end();
  expect((await until(2)).at(-1)).toMatchObject({ type: "session_end", failed: true });
});

test("a viewer that does not read is dropped, and nobody waits for it", async () => {
  const server = await start();
  const good = await view(server);
  const slow = await view(server);
  slow.socket.pause();
  const each = worker(server);
  const bus = each.session("a");
  const text = "x".repeat(100_000);
  for (let index = 1; index <= 200; index++) {
    log(bus, text);
    if (index % 20 === 0) await good.until(index);
  }
  slow.socket.resume();
  await once(slow.socket, "close");
  expect(slow.events.length).toBeLessThan(200);
});

test("when the run ends, viewers get what is left, and hear why", async () => {
  const server = await start();
  const { socket, events } = await view(server);
  const each = worker(server);
  const bus = each.session("a");
  for (let index = 0; index < 500; index++) log(bus, "x".repeat(1_000));
  bus.end(false);
  await each.end();
  const closed = once(socket, "close");
  await server.close();
  const [code, reason] = (await closed) as [number, Buffer];
  expect([code, String(reason)]).toEqual([1001, "The run has ended."]);
  expect(events.at(-1)).toMatchObject({ type: "session_end" });
  expect(events).toHaveLength(502);
});

test("a port that is taken is an error that says so", async () => {
  const server = await start();
  const port = Number(new URL(server.url).port);
  await expect(startLiveServer({ port })).rejects.toMatchObject({
    code: "CASSETTE_LIVE",
    message: expect.stringContaining(`Failed to start the live view on 127.0.0.1:${port}: `),
  });
});

test("a host that other machines reach, and a browser that does not open, are warnings", async () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  vi.stubEnv("PATH", "");
  try {
    const server = await startLiveServer({ host: "0.0.0.0", open: true }, () => "<p>the page</p>");
    cleanups.push(() => server.close());
    const [host, browser] = warn.mock.calls.flat();
    expect(host).toContain("the live view listens on 0.0.0.0: anyone with its address can read the prompts");
    expect(browser).toContain(`Open this page yourself: ${server.url}`);
    expect(await (await fetch(server.url)).text()).toBe("<p>the page</p>");
    await start();
    expect(warn).toHaveBeenCalledTimes(2);
  } finally {
    vi.unstubAllEnvs();
    warn.mockRestore();
  }
});

test("of a long session, the oldest chunks go first", () => {
  const store = new EventStore({ session: 1_800 });
  store.add("a", "session_start", "start");
  store.add("a", "llm_call", "call");
  for (let index = 0; index < 50; index++) store.add("a", "chunk", `chunk ${index} `.padEnd(100, "."));
  store.add("a", "llm_result", "result");
  const lines = store.linesOf("a").map((line) => line.replace(/ ?\.*$/, ""));
  expect(lines.slice(0, 2)).toEqual(["start", "call"]);
  expect(lines.slice(-2)).toEqual(["chunk 49", "result"]);
  expect(lines.length).toBeLessThan(14);
  for (let index = 0; index < 50; index++) store.add("a", "log", "log".padEnd(100, "."));
  expect(store.linesOf("a")[0]).toBe("start");
  expect(store.size).toBeLessThanOrEqual(1_800);
});

test("of many sessions, the oldest that have ended go first, then chunks of those that run", () => {
  const store = new EventStore({ total: 10_000 });
  const add = (id: string, ends: boolean): void => {
    store.add(id, "session_start", "start".padEnd(100, "."));
    store.add(id, "chunk", "chunk".padEnd(900, "."));
    if (ends) store.add(id, "session_end", "end");
  };
  add("running", false);
  for (let index = 0; index < 20; index++) add(`${index}`, true);
  expect(store.size).toBeLessThanOrEqual(10_000);
  const sessions = [...store.sessions];
  expect([sessions[0], sessions.at(-1)]).toEqual(["running", "19"]);
  for (let index = 0; index < 30; index++) add(`running ${index}`, false);
  expect([...store.sessions]).toHaveLength(31);
  expect(store.size).toBeLessThanOrEqual(10_000);
});
