import type { RecordedProcess } from "../cassette/model.ts";
import {
  isOutput,
  type ProcessInput,
  type ProcessOutput,
  type ProcessPart,
} from "../cassette/process-part.ts";
import type { TapeValue } from "../cassette/tape-value.ts";

/** How the redactor of a tape treats the parts of a process. Each returns the same object if it found nothing. */
export interface ProcessTreatments {
  /** JSON: fields with the name of a secret are secrets. */
  json(text: string): string;
  /** Text that somebody wrote: what follows the name of a secret is a secret. */
  text(text: string): string;
  /** What the process was given, or gave. Returns as many chunks. */
  bytes(chunks: readonly Uint8Array[], side: "request" | "response"): readonly Uint8Array[];
}

/** Returns the process to write, without secrets; the same object if it contains none. */
export function redactProcess(entry: RecordedProcess, treatments: ProcessTreatments): RecordedProcess {
  const { args, shell, cwd, env } = entry;
  const before = JSON.stringify({ args, shell, cwd, env });
  const after = JSON.stringify({
    args: args && redactArguments(args, treatments),
    shell: shell && redactLine(shell, treatments),
    cwd: cwd && treatments.text(cwd),
    env: env && (JSON.parse(treatments.json(JSON.stringify(env))) as typeof env),
  });
  const io = redactIo(entry.io, treatments);
  if (after === before && io === entry.io) return entry;
  return { ...entry, ...(JSON.parse(after) as Partial<RecordedProcess>), io };
}

/** `--api-key x`, `--api-key=x`, `-H "x-api-key: x"`. */
function redactArguments(args: readonly string[], treatments: ProcessTreatments): readonly string[] {
  return args.map((arg, index) => {
    const flag = /^--?([\w-]+)$/.exec(args[index - 1] ?? "")?.[1];
    if (flag !== undefined && !arg.startsWith("-")) return redactNamed(flag, arg, treatments);
    const [, start = "", name = "", value = ""] = /^(--?([\w-]+)=)(.*)$/s.exec(arg) ?? [];
    return start === "" ? treatments.text(arg) : start + redactNamed(name, value, treatments);
  });
}

/** The same in a line for a shell. */
function redactLine(line: string, treatments: ProcessTreatments): string {
  return treatments.text(
    line.replace(
      /(--?([\w-]+)[ =])("[^"]*"|'[^']*'|(?!-)[^\s"']+)/g,
      (_, start: string, name: string, value: string) => {
        const quote = /^["']/.exec(value)?.[0] ?? "";
        const plain = quote === "" ? value : value.slice(1, -1);
        return start + quote + redactNamed(name, plain, treatments) + quote;
      },
    ),
  );
}

function redactNamed(name: string, value: string, { json, text }: ProcessTreatments): string {
  const [clean] = Object.values(
    JSON.parse(json(JSON.stringify({ [name]: value }))) as Record<string, string>,
  );
  return text(clean ?? value);
}

/** All that one stream gave is treated as one text: a secret may be cut anywhere. */
function redactIo(io: readonly ProcessPart[], treatments: ProcessTreatments): readonly ProcessPart[] {
  const clean = [...io];
  for (const kind of ["stdout", "stderr", "stdin"] as const) {
    const before = io.flatMap((part) => (part.kind === kind ? chunksOf(part) : []));
    const after = treatments.bytes(before, kind === "stdin" ? "request" : "response");
    if (after === before) continue;
    let at = 0;
    for (const [index, part] of io.entries()) {
      if (part.kind !== kind) continue;
      const chunks = after.slice(at, at + chunksOf(part).length);
      clean[index] = isOutput(part) ? { ...part, chunks } : { ...part, bytes: chunks[0] as Uint8Array };
      at += chunks.length;
    }
  }
  for (const [index, part] of io.entries()) {
    if (part.kind !== "send" && part.kind !== "receive") continue;
    const before = JSON.stringify(part.value);
    const after = treatments.json(before);
    if (after !== before) clean[index] = { ...part, value: JSON.parse(after) as TapeValue };
  }
  return clean.some((part, index) => part !== io[index]) ? clean : io;
}

function chunksOf(part: ProcessOutput | ProcessInput): readonly Uint8Array[] {
  return isOutput(part) ? part.chunks : [part.bytes];
}
