import { h } from "./dom.ts";
import { duration } from "./figures.ts";

const SPEEDS = [0.25, 0.5, 1, 2, 5, 10];

/** The controls of the playhead: play, position and speed. */
export interface Player {
  readonly element: HTMLElement;
  /** Milliseconds. */
  readonly time: number;
  seek(time: number): void;
  /** Sets how long the stream is, and moves a playhead that stood at the end along with it. */
  setLength(length: number): void;
  stop(): void;
}

/** Makes the controls. Calls `onMove` whenever the playhead moved. The playhead begins at the end. */
export function player(onMove: () => void): Player {
  let time = 0;
  let length = 0;
  let speed = 1;
  let frame: number | undefined;
  const toggle = h("button", {
    type: "button",
    class: "play",
    onclick: () => (frame === undefined ? play() : stop()),
  });
  const range = h("input", {
    type: "range",
    min: 0,
    step: "any",
    "aria-label": "Playhead",
    oninput: () => {
      stop();
      move(Number(range.value));
    },
  });
  const position = h("output", { class: "position" });
  const speeds = h(
    "select",
    { "aria-label": "Speed", onchange: () => (speed = Number(speeds.value)) },
    ...SPEEDS.map((each) => h("option", { value: each, selected: each === 1 }, `${each}×`)),
  );

  function move(to: number): void {
    time = Math.min(Math.max(0, to), length);
    range.value = String(time);
    const text = `${duration(time)} of ${duration(length)}`;
    range.setAttribute("aria-valuetext", text);
    position.textContent = text;
    onMove();
  }

  function play(): void {
    if (time >= length) move(0);
    let before = performance.now();
    const step = (now: number): void => {
      move(time + (now - before) * speed);
      before = now;
      if (time >= length) stop();
      else frame = requestAnimationFrame(step);
    };
    frame = requestAnimationFrame(step);
    label();
  }

  function stop(): void {
    if (frame !== undefined) cancelAnimationFrame(frame);
    frame = undefined;
    label();
  }

  function label(): void {
    toggle.textContent = frame === undefined ? "▶ Play" : "❚❚ Pause";
  }

  label();
  return {
    element: h("div", { class: "player" }, toggle, range, position, speeds),
    get time() {
      return time;
    },
    seek(to) {
      stop();
      move(to);
    },
    setLength(to) {
      const wasAtEnd = time >= length;
      length = to;
      range.max = String(to);
      move(wasAtEnd && frame === undefined ? to : time);
    },
    stop,
  };
}
