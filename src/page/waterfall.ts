import { h } from "./dom.ts";
import { counted, duration } from "./figures.ts";
import type { Stream } from "./stream.ts";

const HEIGHT = 56;

/** The picture of one stream: the wait for headers, the first token, each chunk, stalls, and the playhead. */
export interface Waterfall {
  readonly element: HTMLElement;
  /** Draws the stream as it is now, as wide as `longest` milliseconds. */
  draw(stream: Stream, longest?: number): void;
  /** Moves the playhead to a time in milliseconds. */
  move(time: number): void;
}

/** Makes the picture. `onSeek` gets the time that the user pointed at; without it, there is no playhead. */
export function waterfall(onSeek?: (time: number) => void): Waterfall {
  const canvas = h("canvas", { role: "img", height: HEIGHT });
  const line = h("div", { class: "playhead", hidden: onSeek === undefined });
  const element = h("div", { class: "waterfall" }, canvas, line);
  let scale = 1;
  const seek = (event: PointerEvent): void =>
    onSeek?.(Math.max(0, event.clientX - canvas.getBoundingClientRect().left) / scale);
  element.addEventListener("pointerdown", (event) => {
    element.setPointerCapture(event.pointerId);
    seek(event);
  });
  element.addEventListener("pointermove", (event) => {
    if (event.buttons === 1) seek(event);
  });
  return {
    element,
    draw(stream, longest = stream.duration) {
      const width = canvas.clientWidth;
      if (width === 0) return;
      const ratio = window.devicePixelRatio;
      canvas.width = width * ratio;
      canvas.height = HEIGHT * ratio;
      scale = width / Math.max(1, longest * 1.02);
      canvas.setAttribute("aria-label", describe(stream));
      const context = canvas.getContext("2d");
      if (context === null) return;
      context.scale(ratio, ratio);
      paint(context, stream, { scale, width });
    },
    move(time) {
      line.style.transform = `translateX(${time * scale}px)`;
    },
  };
}

interface Paint {
  readonly scale: number;
  readonly width: number;
}

function paint(context: CanvasRenderingContext2D, stream: Stream, { scale, width }: Paint): void {
  const style = getComputedStyle(context.canvas);
  const color = (name: string): string => style.getPropertyValue(`--${name}`);
  const bar = (from: number, to: number, fill: string, top: number, height: number): void => {
    context.fillStyle = fill;
    context.fillRect(from * scale, top, Math.max(1, (to - from) * scale), height);
  };
  bar(0, stream.headers ?? 0, color("wait"), 18, 20);
  const first = stream.times[0] ?? stream.duration;
  bar(stream.headers ?? 0, first, color("wait-body"), 18, 20);
  bar(first, stream.duration, color("body"), 18, 20);
  for (const { from, to } of stream.stalls) bar(from, to, color("stall"), 18, 20);
  // One line a pixel: ten thousand chunks cost no more than the picture is wide.
  context.fillStyle = color("chunk");
  let last = -1;
  for (const time of stream.times) {
    const x = Math.floor(time * scale);
    if (x === last) continue;
    last = x;
    context.fillRect(x, 18, 1, 20);
  }
  context.font = `11px ${style.fontFamily}`;
  const label = (time: number | undefined, text: string, fill: string, top: boolean): void => {
    if (time === undefined) return;
    const x = time * scale;
    context.fillStyle = fill;
    context.fillRect(x, top ? 12 : 38, 1.5, 6);
    const wide = context.measureText(text).width;
    context.fillText(text, Math.min(Math.max(0, x - 2), Math.max(0, width - wide - 2)), top ? 10 : 53);
  };
  label(stream.headers, `headers ${duration(stream.headers)}`, color("muted"), false);
  label(stream.firstToken, `first token ${duration(stream.firstToken)}`, color("accent"), true);
  if (stream.isTimed && (stream.times.length > 0 || stream.isRunning)) {
    const end = `${stream.isRunning ? "now" : "end"} ${duration(stream.duration)}`;
    label(stream.duration, end, color("muted"), false);
  }
}

function describe(stream: Stream): string {
  const facts = [
    counted(stream.times.length, "chunk"),
    stream.headers === undefined ? undefined : `headers after ${duration(stream.headers)}`,
    stream.firstToken === undefined ? undefined : `first token after ${duration(stream.firstToken)}`,
    stream.isRunning
      ? `running for ${duration(stream.duration)}`
      : stream.isTimed
        ? `end after ${duration(stream.duration)}`
        : "no timing",
    stream.stalls.length === 0 ? undefined : counted(stream.stalls.length, "stall"),
  ];
  return `Stream: ${facts.filter((fact) => fact !== undefined).join(", ")}`;
}
