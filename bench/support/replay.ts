import { Cannot, type Measure, type Setting } from "./bench-case.ts";
import { chatAnswer } from "./chat.ts";
import { type Answer, type Ask, clientOf } from "./clients.ts";
import { type ExchangeName, planOf } from "./exchanges.ts";
import { BYTE_STUB, STUB, withStub } from "./stub.ts";
import { loadTool } from "./tools.ts";

const PATH = "/v1/chat/completions";

/** Sends the requests of an exchange, one after another. */
export type Send = () => Promise<readonly Answer[]>;

/** Plays an exchange with a tool or the stub, and returns what `measure` does with the function that sends its requests. */
export async function replay(
  tool: string,
  exchange: ExchangeName,
  { recording, origin }: Pick<Setting, "recording" | "origin">,
  measure: (send: Send) => Promise<number>,
): Promise<number> {
  const { client, requests } = planOf(exchange);
  const ask = await clientOf(client);
  const bodies = requests.map((request) => JSON.stringify(request));
  if (tool === STUB || tool === BYTE_STUB) {
    const send = (): ReturnType<Send> => sendAll(ask, `${origin}${PATH}`, bodies);
    return withStub(requests, () => measure(send), tool === BYTE_STUB ? "bytes" : undefined);
  }
  let result = Number.NaN;
  const { replay: play } = await loadTool(tool);
  // As between two tests: connections that the replay before has closed get to know it.
  await new Promise(setImmediate);
  await play(recording(tool, exchange), origin, async (to) => {
    result = await measure(() => sendAll(ask, `${to}${PATH}`, bodies));
  });
  return result;
}

async function sendAll(ask: Ask, url: string, bodies: readonly string[]): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  for (const body of bodies) answers.push(await ask(url, body));
  return answers;
}

/**
 * Checks that a replay gives what the server gave, and notes what differs.
 *
 * @throws Cannot if it is another answer, or none
 */
export function checkAnswers(
  exchange: ExchangeName,
  answers: readonly Answer[],
  note: Setting["note"],
): void {
  for (const [index, request] of planOf(exchange).requests.entries()) {
    const chunks = chatAnswer(request);
    const { text = "", reads = 0 } = answers[index] ?? {};
    const [question = ""] = request.messages.at(-1)?.content.split(":") ?? [];
    if (!text.includes(question)) throw new Cannot(`another answer: ${text.slice(0, 100)}`);
    if (text !== chunks.join("")) note("rewritten");
    // On a busy machine a few chunks arrive together while they are recorded.
    if (request.stream && reads < chunks.length * 0.9) {
      note(reads === 1 ? "one read" : "fewer reads than chunks");
    }
  }
}

/** Measures replays of an exchange that an earlier, unmeasured one has checked. */
export async function prepareReplay(
  tool: string,
  exchange: ExchangeName,
  setting: Setting,
  measure: (send: Send) => Promise<number>,
): Promise<Measure> {
  await replay(tool, exchange, setting, async (send) => {
    checkAnswers(exchange, await send(), setting.note);
    return 0;
  });
  return () => replay(tool, exchange, setting, measure);
}
