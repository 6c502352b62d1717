import childProcess, { execFile, execSync, spawn } from "node:child_process";
import dgram from "node:dgram";
import dns, { lookup } from "node:dns";
import { once } from "node:events";
import http from "node:http";
import http2 from "node:http2";
import net from "node:net";
import tls from "node:tls";
import { promisify } from "node:util";
import { Worker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, type MockInstance, test, vi } from "vitest";
import { type CassetteError, openCassette } from "../../src/core.ts";
import { holdInterception, installInterception } from "../../src/interception/install.ts";
import { sessionRouter } from "../../src/session/router.ts";
import { scopeState } from "../../src/session/scope.ts";
import { testCassette } from "../contract/support/taping.ts";

/** An address of which it is certain that nobody answers. */
const NOBODY = "192.0.2.1";

interface Way {
  readonly name: string;
  readonly url: string;
  readonly open: () => unknown;
}

function close(socket: net.Socket): void {
  socket.on("error", () => undefined).destroy();
}

const resolver = new dns.Resolver({ timeout: 50, tries: 1 });
resolver.setServers(["127.0.0.1:9"]);

const WAYS: readonly Way[] = [
  { name: "net.connect", url: `tcp://${NOBODY}:5432`, open: () => close(net.connect(5432, NOBODY)) },
  {
    name: "a socket of net",
    url: `tcp://${NOBODY}:6379`,
    open: () => close(new net.Socket().connect({ host: NOBODY, port: 6379 })),
  },
  { name: "tls.connect", url: `tls://${NOBODY}:465`, open: () => close(tls.connect(465, NOBODY)) },
  {
    name: "dgram",
    url: `udp://${NOBODY}:8125`,
    open: async () => {
      const socket = dgram.createSocket("udp4");
      await new Promise((resolve) => socket.send("count", 8125, NOBODY, resolve));
      socket.close();
    },
  },
  {
    name: "a connected socket of dgram",
    url: `udp://${NOBODY}:514`,
    open: async () => {
      const socket = dgram.createSocket("udp4");
      await new Promise<void>((resolve) => socket.connect(514, NOBODY, resolve));
      await new Promise((resolve) => socket.send("line", resolve));
      socket.close();
    },
  },
  {
    name: "a resolver of dns",
    url: "dns://api.example.com",
    open: () => new Promise((resolve) => resolver.resolve4("api.example.com", resolve)),
  },
  {
    name: "WebSocket",
    url: `ws://${NOBODY}:4711/v1/realtime`,
    open: async () => {
      const socket = new WebSocket(`ws://${NOBODY}:4711/v1/realtime?key=sk-secret`);
      socket.addEventListener("error", () => undefined);
      await new Promise((resolve) => setTimeout(resolve, 50));
      socket.close();
    },
  },
  {
    name: "an upgrade of node:http",
    url: `http://${NOBODY}:4711/chat`,
    open: async () => {
      const headers = { connection: "upgrade", upgrade: "telnet" };
      const request = http.get(`http://${NOBODY}:4711/chat`, { headers }).on("error", () => undefined);
      await new Promise((resolve) => setTimeout(resolve, 50));
      request.destroy();
    },
  },
  {
    name: "a worker thread",
    url: "worker:",
    open: () => once(new Worker("", { eval: true }), "exit"),
  },
];

let printed: MockInstance<typeof console.warn>;
const warnings = (): string => printed.mock.calls.map(String).join("\n");
beforeEach(() => {
  printed = vi.spyOn(console, "warn").mockReturnValue(undefined);
});
afterEach(() => printed.mockRestore());

async function failureOf(work: Promise<unknown>): Promise<CassetteError> {
  const outcome = await work.then(
    () => undefined,
    (error: CassetteError) => error,
  );
  if (outcome === undefined) throw new Error("Nothing failed.");
  return outcome;
}

describe.for(WAYS)("$name", ({ url, open }) => {
  test("in strict replay, fails the test, and says why and which line opened it", async () => {
    using cassette = testCassette();
    const error = await failureOf(cassette.play(open));
    expect(error).toMatchObject({ name: "CassetteError", code: "CASSETTE_UNRECORDED" });
    expect(error.message).toContain(`["${url}"]`);
    expect(error.message).not.toContain("sk-secret");
    expect(error.message).toMatchSnapshot();
    if (!url.startsWith("ws:")) expect(error.stack).toContain("unrecorded.test.ts");
  });

  test("is let through by `ignore`, and counted", async () => {
    using cassette = testCassette({ ignore: [url] });
    await cassette.play(async ({ bypassed }) => {
      await open();
      expect(bypassed).toEqual([]);
    });
    await cassette.play(async (handle) => {
      await open();
      expect(handle.bypassed).toEqual([{ url, count: 1, reason: "ignored" }]);
    });
    expect(warnings()).toBe("");
  });

  test("in warn mode, is a warning", async () => {
    using cassette = testCassette({ mode: "warn" });
    await cassette.play(open);
    expect(warnings()).toContain(`["${url}"]`);
  });

  test("while recording, is a warning, but for DNS", async () => {
    using cassette = testCassette();
    await cassette.record(open);
    if (url.startsWith("dns:")) expect(warnings()).toBe("");
    else expect(warnings()).toContain(`["${url}"]`);
  });
});

test("several connections to one server are one error", async () => {
  using cassette = testCassette();
  const { message } = await failureOf(
    cassette.play(() => {
      for (let turn = 0; turn < 3; turn++) close(net.connect(5432, NOBODY));
    }),
  );
  expect(message).toContain("it reached the network 3 times");
});

test("loopback is let through, and counted", async () => {
  using cassette = testCassette();
  const server = net.createServer((socket) => socket.end("hi")).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as net.AddressInfo;
  await cassette.play(async (handle) => {
    for (const host of ["127.0.0.1", "localhost"]) {
      const socket = net.connect({ port, host });
      let text = "";
      for await (const part of socket) text += String(part);
      expect(text).toBe("hi");
    }
    await promisify(lookup)("localhost");
    expect(handle.bypassed).toEqual([
      { url: `tcp://127.0.0.1:${port}`, count: 1, reason: "loopback" },
      { url: `tcp://localhost:${port}`, count: 1, reason: "loopback" },
    ]);
  });
  server.close();
});

test("a file of a socket does not leave the machine", async () => {
  using cassette = testCassette();
  await cassette.play(async (handle) => {
    close(net.connect("/nowhere.sock"));
    expect(handle.bypassed).toEqual([]);
  });
});

test("a look-up of an address sends no query", async () => {
  using cassette = testCassette();
  await cassette.play(async () => {
    expect(await dns.promises.lookup(NOBODY)).toEqual({ address: NOBODY, family: 4 });
    expect(await promisify(lookup)(NOBODY)).toEqual({ address: NOBODY, family: 4 });
  });
});

test("a connection that asks for its host's address is one error", async () => {
  using cassette = testCassette();
  const error = await failureOf(cassette.play(() => close(net.connect(5432, "db.invalid"))));
  expect(error.message).toContain("tcp://db.invalid:5432");
  expect(error).not.toBeInstanceOf(AggregateError);
});

test("the connection of an HTTP/2 client is recorded, and so is our own to its server", async () => {
  using cassette = testCassette();
  await cassette
    .record(async () => {
      const session = http2.connect(`http://${NOBODY}:4711`).on("error", () => undefined);
      session.request({ ":path": "/" }).on("error", () => undefined);
      await new Promise((resolve) => setTimeout(resolve, 100));
      session.destroy();
    })
    .catch(() => undefined);
  expect(warnings()).not.toContain("tcp://");
});

test("of concurrent tests, the one that opened it fails", async () => {
  using first = testCassette();
  using second = testCassette();
  const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
  const outcomes = await Promise.allSettled([
    first.play(async () => {
      await turn();
      close(net.connect(5432, NOBODY));
      await turn();
    }),
    second.play(async () => {
      await turn();
      await turn();
    }),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
});

describe("from no test's context", () => {
  test("it is for the only open cassette", async () => {
    using folder = testCassette();
    const cassette = openCassette("only", { dir: folder.dir });
    close(net.connect(5432, NOBODY));
    expect(await failureOf(cassette.eject())).toMatchObject({ code: "CASSETTE_UNRECORDED" });
  });

  test("with several open, it is a warning that names no test", async () => {
    using folder = testCassette();
    const cassettes = ["first", "second"].map((name) => openCassette(name, { dir: folder.dir }));
    close(net.connect(5433, NOBODY));
    for (const cassette of cassettes) await cassette.eject();
    expect(warnings()).toContain(`Not recorded: tcp://${NOBODY}:5433`);
  });

  test("with no cassette open and `outside: 'warn'`, it is a warning, but for loopback", () => {
    installInterception(sessionRouter);
    scopeState().outside = "warn";
    const release = holdInterception();
    try {
      close(net.connect(5434, NOBODY));
      close(net.connect(5434, "127.0.0.1"));
    } finally {
      release();
      scopeState().outside = "bypass";
    }
    expect(warnings()).toBe(
      `[vitest-cassette] Failed to keep tcp://${NOBODY}:5434 from the network: it was opened outside any open cassette. ` +
        "Replace it in the test, or set `outside: 'bypass'` in the plugin.",
    );
  });
});

describe("a child process", () => {
  const node = ["-e", ""] as const;

  test("is a warning once, which names the program and not its arguments", async () => {
    using cassette = testCassette();
    for (let run = 0; run < 2; run++) {
      await cassette.play(async () => {
        await once(spawn(process.execPath, [...node]), "close");
        await promisify(execFile)(process.execPath, [...node]);
        childProcess.execFileSync(process.execPath, [...node]);
      });
    }
    expect(printed).toHaveBeenCalledOnce();
    expect(warnings().replace(/opened at .*/, "opened at <line>")).toMatchSnapshot();
    expect(warnings()).toContain("unrecorded.test.ts");
  });

  test("started by a shell, is known by its own name", async () => {
    using cassette = testCassette();
    await cassette.play(() => {
      execSync("true secret");
    });
    expect(warnings()).toContain('Not recorded: the child process "true"');
    expect(warnings()).not.toContain("secret");
  });

  test("that a variable leads to a server of the test is no warning", async () => {
    using cassette = testCassette();
    await cassette.play(() => {
      const env = { ...process.env, OPENAI_BASE_URL: "http://127.0.0.1:4710/v1" };
      childProcess.spawnSync("false", { env });
    });
    expect(warnings()).toBe("");
  });
});

describe("a test that replaces a function that sends", () => {
  const mockLookup = (): MockInstance =>
    vi.spyOn(dns.promises, "lookup").mockResolvedValue({ address: NOBODY, family: 4 } as never);

  test("before it opens a cassette, keeps its mock", async () => {
    using cassette = testCassette();
    const { lookup } = dns.promises;
    const spy = mockLookup();
    await cassette.play(async () => {
      expect(await dns.promises.lookup("api.example.com")).toEqual({ address: NOBODY, family: 4 });
    });
    expect(spy).toHaveBeenCalledOnce();
    spy.mockRestore();
    expect(dns.promises.lookup).toBe(lookup);
  });

  test("while a cassette is open, keeps its mock, and later queries are known", async () => {
    using cassette = testCassette();
    const spy = await cassette.play(async () => {
      const mock = mockLookup();
      expect(await dns.promises.lookup("api.example.com")).toEqual({ address: NOBODY, family: 4 });
      return mock;
    });
    expect(spy).toHaveBeenCalledOnce();
    spy.mockRestore();
    const error = await failureOf(
      cassette.play(() => dns.promises.lookup("db.invalid").catch(() => undefined)),
    );
    expect(error).toMatchObject({ code: "CASSETTE_UNRECORDED" });
  });
});

test("nothing is patched or watched when no cassette is open", async () => {
  using cassette = testCassette();
  const before = [net.Socket.prototype.connect, dns.lookup, dns.promises.resolve4, childProcess.execSync];
  await cassette.play(() => {
    expect(lookup).toBe(dns.lookup);
    expect(dns.lookup).not.toBe(before[1]);
  });
  expect([net.Socket.prototype.connect, dns.lookup, dns.promises.resolve4, childProcess.execSync]).toEqual(
    before,
  );
  close(net.connect(5432, NOBODY));
  await once(new Worker("", { eval: true }), "exit");
  expect(warnings()).toBe("");
});
