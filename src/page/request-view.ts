import { type ComparedStream, compareView } from "./compare-view.ts";
import { fill, h } from "./dom.ts";
import { counted, duration, shown, size } from "./figures.ts";
import { growingView } from "./growing-view.ts";
import type { RequestItem } from "./model.ts";
import { player } from "./player.ts";
import { rawEvents } from "./raw-events.ts";
import { arrivedAt, streamOf } from "./stream.ts";
import { waterfall } from "./waterfall.ts";

/** The details of an item, below its line. */
export interface Detail {
  readonly element: HTMLElement;
  /** Shows what came since. */
  update(): void;
  close(): void;
}

/**
 * Shows one request: facts, prompt, picture, playhead, and the texts side by side.
 *
 * @param others lists the streams to compare with
 * @param now returns the milliseconds since the request was sent, if it may still run
 */
export function requestView(
  item: RequestItem,
  others: () => readonly ComparedStream[],
  now: () => number | undefined,
): Detail {
  let stream = streamOf(item, now());
  const facts = h("dl", { class: "facts" });
  const picture = waterfall((time) => controls.seek(time));
  const text = growingView("Text");
  const reasoning = growingView("Reasoning");
  const tools = growingView("Arguments of tool calls");
  const calls = h("div", { class: "tool-calls" });
  const raw = rawEvents();
  const panes = {
    reasoning: pane("Reasoning", reasoning.element),
    text: pane("Text", text.element),
    tools: pane("Tool calls", tools.element, calls),
    raw: pane("Raw", raw.element),
  };
  const comparison = compareView({ title: "this recording", item }, others);
  const controls = player(draw);

  function draw(): void {
    const arrived = arrivedAt(stream.times, controls.time);
    const follow = controls.time < stream.duration;
    picture.move(controls.time);
    text.show(stream.text, arrived, follow);
    reasoning.show(stream.reasoning, arrived, follow);
    tools.show(stream.toolArguments, arrived, follow);
    calls.hidden = follow;
    tools.element.hidden = !follow && item.result !== undefined;
    raw.show(item, arrived, follow);
  }

  function update(): void {
    stream = streamOf(item, now());
    fill(facts, ...factsOf(item).flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
    panes.reasoning.hidden = stream.reasoning.text === "";
    panes.tools.hidden = stream.toolArguments.text === "" && (item.result?.toolCalls ?? []).length === 0;
    panes.text.hidden = stream.text.text === "" && !(panes.reasoning.hidden && panes.tools.hidden);
    fill(
      calls,
      ...(item.result?.toolCalls ?? []).flatMap(({ name, input }) => [
        h("b", {}, name),
        h("pre", {}, shown(input)),
      ]),
    );
    picture.draw(stream);
    controls.setLength(stream.duration);
    draw();
  }

  const { prompt, request } = item.call;
  const resized = new ResizeObserver(() => {
    picture.draw(stream);
    draw();
  });
  resized.observe(picture.element);
  const element = h(
    "div",
    { class: "detail" },
    facts,
    prompt !== undefined && h("details", { open: true }, h("summary", {}, "Prompt"), h("pre", {}, prompt)),
    request !== undefined && h("details", {}, h("summary", {}, "Request body"), h("pre", {}, shown(request))),
    picture.element,
    controls.element,
    h("div", { class: "panes" }, panes.reasoning, panes.text, panes.tools, panes.raw),
    comparison,
  );
  return {
    element,
    update,
    close() {
      controls.stop();
      resized.disconnect();
      for (const view of [text, reasoning, tools]) view.close();
    },
  };
}

function pane(title: string, ...content: readonly HTMLElement[]): HTMLElement {
  return h("section", { class: "pane" }, h("h3", {}, title), ...content);
}

function factsOf({ call, chunks, result }: RequestItem): readonly (readonly [string, string])[] {
  const { timing, usage, error } = result ?? { timing: {}, usage: undefined, error: undefined };
  const bytes = chunks.reduce((sum, each) => sum + each.bytes, 0);
  const all: readonly (readonly [string, string | undefined])[] = [
    ["URL", `${call.method} ${call.url}`],
    ["Status", result === undefined ? "running" : (result.status?.toString() ?? "no response")],
    ["Model", result?.model ?? call.model],
    ["Tokens", usage && `${usage.inputTokens ?? "?"} in, ${usage.outputTokens ?? "?"} out`],
    ["Finish", result?.finishReason],
    ["End", result?.end === "complete" ? undefined : result?.end],
    ["Error", error && [error.type, error.message].filter(Boolean).join(": ")],
    ["First token", timing.firstToken === undefined ? undefined : duration(timing.firstToken)],
    ["Duration", timing.duration === undefined ? undefined : duration(timing.duration)],
    ["Body", `${counted(chunks.length, "chunk")}, ${size(bytes)}`],
  ];
  return all.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
}
