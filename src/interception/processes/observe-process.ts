import { Buffer } from "node:buffer";
import type { ChildProcess } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { getSystemErrorName } from "node:util";
import type { ProcessInputs } from "./process-inputs.ts";
import { type Kills, signalName } from "./signals.ts";

/** Gets what a running process does. */
export interface ObservedProcess extends ProcessInputs {
  wrote(kind: "stdout" | "stderr", bytes: Uint8Array): void;
  /** A message from the process. */
  got(message: unknown): void;
  /** @param exit its exit code, or the signal that ended it */
  exited(exit: number | string): void;
  /** It has exited, and all of its output was read. */
  closed(): void;
  /** It did not start. @param code `ENOENT`; `undefined` if Node refused its options */
  failed(code: string | undefined): void;
  /** It was sent a socket or a server. */
  sentHandle(): void;
}

type Method = (this: unknown, ...args: unknown[]) => unknown;

/** What Node keeps about the process itself. */
interface Handle {
  kill(signal: number): number;
}

/**
 * Runs `start`, which starts the process of `child`, and tells `observer` what it is given and gives. Nothing that the
 * code under test sees changes: no listener is added, and no stream starts to flow.
 */
export function observe(
  child: ChildProcess,
  start: () => unknown,
  observer: ObservedProcess,
  kills: Kills,
): unknown {
  const { _handle: handle } = child as unknown as { readonly _handle: Handle };
  const outputs = new Set<unknown>(["exit"]);
  // Node does not emit `close` for every forked process.
  const ended = (output: unknown): void => {
    if (outputs.delete(output) && outputs.size === 0) observer.closed();
  };
  const killed = (signal: number): void => {
    if (signal !== 0) observer.killed(signalName(signal));
  };
  let forget = (): void => undefined;
  wrap(child, "emit", (original) => (...args) => {
    const [event, first, second] = args;
    if (event === "exit") {
      forget();
      observer.exited((first as number | null) ?? (second as string));
      ended("exit");
    } else if (event === "close") observer.closed();
    else if (event === "message") observer.got(first);
    return original.apply(child, args);
  });
  let result: unknown;
  try {
    result = start();
  } catch (error) {
    const { errno, code } = error as NodeJS.ErrnoException;
    observer.failed(errno === undefined ? undefined : code);
    throw error;
  }
  if (typeof result === "number" && result < 0) {
    observer.failed(getSystemErrorName(result));
    return result;
  }
  wrap(handle, "kill", (original) => (signal) => {
    killed(signal as number);
    return original.call(handle, signal);
  });
  const hasExited = (): boolean => child.exitCode !== null || child.signalCode !== null;
  forget = kills.hear(child.pid as number, (signal) => {
    killed(signal);
    return true;
  });
  if (child.stdin !== null) observeInput(child.stdin, observer, hasExited);
  for (const kind of ["stdout", "stderr"] as const) {
    const stream = child[kind];
    if (stream === null) continue;
    outputs.add(stream);
    observeOutput(stream, (bytes) => (bytes === null ? ended(stream) : observer.wrote(kind, bytes)));
  }
  if (child.connected) observeMessages(child, observer);
  return result;
}

/** Below `write`, where everything has passed that waited for the pipe. */
function observeInput(stdin: Writable, observer: ObservedProcess, hasExited: () => boolean): void {
  let isOpen = true;
  const end = (): void => {
    // Node destroys it after an exit.
    if (isOpen && !hasExited()) observer.ended("stdin");
    isOpen = false;
  };
  wrap(stdin, "_write", (original) => (...args) => {
    observer.given(bytesOf(args[0], args[1]));
    return original.apply(stdin, args);
  });
  wrap(stdin, "_writev", (original) => (...args) => {
    for (const { chunk, encoding } of args[0] as readonly { chunk: unknown; encoding: unknown }[])
      observer.given(bytesOf(chunk, encoding));
    return original.apply(stdin, args);
  });
  wrap(stdin, "_final", (original) => (...args) => {
    end();
    return original.apply(stdin, args);
  });
  wrap(stdin, "_destroy", (original) => (...args) => {
    end();
    return original.apply(stdin, args);
  });
}

function bytesOf(chunk: unknown, encoding: unknown): Uint8Array {
  return typeof chunk === "string"
    ? Buffer.from(chunk, encoding as BufferEncoding)
    : Buffer.from(chunk as Uint8Array);
}

/** Where the bytes arrive from the process, whoever reads them and when; `null` at the end. */
function observeOutput(stream: Readable, arrived: (bytes: Uint8Array | null) => void): void {
  wrap(stream, "push", (original) => (...args) => {
    const [chunk] = args;
    // Not instanceof: Node's bytes can be of another realm.
    if (chunk === null || ArrayBuffer.isView(chunk)) arrived(chunk && Buffer.from(chunk as Uint8Array));
    return original.apply(stream, args);
  });
}

function observeMessages(child: ChildProcess, observer: ObservedProcess): void {
  wrap(child, "send", (original) => (...args) => {
    if (args[1] !== undefined && args[1] !== null && typeof args[1] !== "function") observer.sentHandle();
    observer.sent(args[0]);
    return original.apply(child, args);
  });
  wrap(child, "disconnect", (original) => (...args) => {
    if (child.connected) observer.ended("ipc");
    return original.apply(child, args);
  });
}

/** Replaces a method of one object, unseen by code that lists its properties. */
function wrap(owner: object, name: string, create: (original: Method) => Method): void {
  const original = Reflect.get(owner, name) as Method | undefined;
  if (original === undefined) return;
  Object.defineProperty(owner, name, { value: create(original), writable: true, configurable: true });
}
