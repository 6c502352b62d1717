import type { RecordedProcess } from "../cassette/model.ts";
import { isOutput, type ProcessOutput, type ProcessPart } from "../cassette/process-part.ts";
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
  const clean = {
    ...(args && { args: redactArguments(args, treatments) }),
    ...(shell !== undefined && { shell: redactLine(shell, treatments) }),
    ...(cwd !== undefined && { cwd: treatments.text(cwd) }),
    ...(env && { env: JSON.parse(treatments.json(JSON.stringify(env))) as Readonly<Record<string, string>> }),
  };
  const io = redactIo(entry.io, treatments);
  const isSame =
    JSON.stringify(clean) ===
    JSON.stringify({
      ...(args && { args }),
      ...(shell !== undefined && { shell }),
      ...(cwd !== undefined && { cwd }),
      ...(env && { env }),
    });
  return isSame && io === entry.io ? entry : { ...entry, ...clean, io };
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
  let isSame = true;
  const change = (index: number, part: ProcessPart): void => {
    clean[index] = part;
    isSame = false;
  };
  for (const kind of ["stdout", "stderr"] as const) {
    const places = io.flatMap((part, index) =>
      part.kind === kind ? [{ part: part as ProcessOutput, index }] : [],
    );
    const before = places.flatMap(({ part }) => part.chunks);
    const after = treatments.bytes(before, "response");
    let at = 0;
    for (const { part, index } of places) {
      const chunks = after.slice(at, at + part.chunks.length);
      if (after !== before) change(index, { ...part, chunks });
      at += chunks.length;
    }
  }
  const given = io.flatMap((part, index) => (part.kind === "stdin" ? [{ part, index }] : []));
  const before = given.map(({ part }) => part.bytes);
  const after = treatments.bytes(before, "request");
  for (const [at, { part, index }] of given.entries()) {
    if (after !== before) change(index, { ...part, bytes: after[at] as Uint8Array });
  }
  for (const [index, part] of io.entries()) {
    if (isOutput(part) || (part.kind !== "send" && part.kind !== "receive")) continue;
    const text = JSON.stringify(part.value);
    const cleaned = treatments.json(text);
    if (cleaned !== text) change(index, { ...part, value: JSON.parse(cleaned) as TapeValue });
  }
  return isSame ? io : clean;
}
