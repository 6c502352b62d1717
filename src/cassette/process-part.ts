import type { TapeValue } from "./tape-value.ts";

/** Bytes that a child process wrote without a pause for input. */
export interface ProcessOutput {
  readonly kind: "stdout" | "stderr";
  /** One element per read. */
  readonly chunks: readonly Uint8Array[];
  /** When each chunk came. `undefined` on a tape written by hand. */
  readonly times?: readonly number[] | undefined;
}

/** Bytes that a child process was given before it wrote the next output. */
export interface ProcessInput {
  readonly kind: "stdin";
  readonly bytes: Uint8Array;
  readonly time?: number | undefined;
}

/** A message to (`send`) or from (`receive`) a process that was started with `fork`. */
export interface ProcessMessage {
  readonly kind: "send" | "receive";
  readonly value: TapeValue;
  readonly time?: number | undefined;
}

/** The end of what a child process is given. */
export interface ProcessInputEnd {
  readonly kind: "end";
  readonly of: "stdin" | "ipc";
  readonly time?: number | undefined;
}

/** A signal that was sent to a child process. */
export interface ProcessSignal {
  readonly kind: "kill";
  readonly signal: string;
  readonly time?: number | undefined;
}

/** What a child process was given or gave. Times are milliseconds since it was started. */
export type ProcessPart = ProcessOutput | ProcessInput | ProcessMessage | ProcessInputEnd | ProcessSignal;

/** Whether a process wrote this part. */
export function isOutput(part: ProcessPart): part is ProcessOutput {
  return part.kind === "stdout" || part.kind === "stderr";
}
