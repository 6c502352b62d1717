import type { CommandContext } from "../command.ts";
import { UsageError } from "../usage-error.ts";
import { captureStream } from "./capture-stream.ts";
import { reportLog } from "./report-log.ts";

/** In milliseconds. */
const GAP = 1_000;

/** Reports what is wrong with streams: those of a log, or a live one. */
export async function wire(context: CommandContext): Promise<0 | 1> {
  const { names, values } = context.invocation;
  const [source = ""] = names;
  const minGap = gapOf(values("gap")[0]);
  if (/^https?:\/\//i.test(source)) return captureStream(context, source, minGap);
  for (const option of ["header", "data", "method"]) {
    if (values(option).length > 0) throw new UsageError(`--${option} is for a URL, and ${source} is a file.`);
  }
  return reportLog(context, source, minGap);
}

function gapOf(text: string | undefined): number {
  if (text === undefined) return GAP;
  const gap = Number(text);
  if (text.trim() === "" || !Number.isFinite(gap) || gap < 0)
    throw new UsageError(`--gap is '${text}', but must be a number of milliseconds.`);
  return gap;
}
