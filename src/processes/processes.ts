import type { EntryKind } from "../calls/entry-kind.ts";
import { toolCallsInLines } from "../calls/happened.ts";
import type { Timeline } from "../calls/timeline.ts";
import { commandLine } from "../cassette/command-line.ts";
import { CassetteError } from "../cassette/errors.ts";
import { asError } from "../cassette/is-error.ts";
import type { EntryPlace, RecordedProcess } from "../cassette/model.ts";
import type { MissReason } from "../diagnosis/miss-facts.ts";
import { within } from "../http/real-clock.ts";
import type { Command } from "../interception/processes/command.ts";
import type { LiveProcess } from "../interception/processes/live-process.ts";
import type { ProcessHandler } from "../interception/processes/process-handler.ts";
import type { SyncCall, SyncResult } from "../interception/processes/sync-calls.ts";
import type { MatchState } from "../options/decide.ts";
import { Choice } from "./choice.ts";
import { type ComparedProcess, keyOfInput } from "./compared-process.ts";
import { Dialogue } from "./dialogue.ts";
import { InputIds } from "./input-ids.ts";
import { messageForm } from "./message-form.ts";
import { playAtOnce } from "./play-at-once.ts";
import { inputMiss, processMiss } from "./process-misses.ts";
import { ProcessRecordings } from "./process-recordings.ts";
import type { ProcessRules } from "./process-rules.ts";
import { ProcessTap, recordedProcess } from "./process-tap.ts";
import { refusedResult, refuseProcess } from "./refuse-process.ts";
import { ReplayProcess } from "./replay-process.ts";

/** How long, in real milliseconds, closing waits for processes that are about to exit. */
const CLOSE_GRACE = 2000;

export interface ProcessesSettings {
  readonly rules: ProcessRules;
  readonly maxBytes: number;
  /** Whether the user's options leave a program alone. */
  readonly ignores: (program: string) => boolean;
}

/** What a process meets that starts now. */
type Meeting =
  | { readonly kind: "play"; readonly choice: Choice; readonly failure: string | undefined }
  | { readonly kind: "record"; readonly process: ComparedProcess }
  | { readonly kind: "leave" }
  | { readonly kind: "refuse"; readonly message: string };

type Met = ReturnType<Timeline["meet"]>;

/** Plays and records the child processes of one session. */
export class Processes implements ProcessHandler, EntryKind<RecordedProcess> {
  readonly #timeline: Timeline;
  readonly #settings: ProcessesSettings;
  readonly #taps: { readonly process: ComparedProcess; readonly tap: ProcessTap }[] = [];
  readonly #replays: ReplayProcess[] = [];
  readonly #recordings: ProcessRecordings;

  constructor(timeline: Timeline, settings: ProcessesSettings) {
    this.#timeline = timeline;
    this.#settings = settings;
    this.#recordings = new ProcessRecordings(timeline);
  }

  wasAsked(entry: RecordedProcess): boolean {
    return this.#recordings.wasAsked(entry);
  }

  takes(command: Command): boolean {
    const { rules, ignores } = this.#settings;
    return rules.takes(command) && !ignores(command.name);
  }

  spawn(live: LiveProcess): unknown {
    const meeting = this.#meet(live.command, live.hasMorePipes);
    switch (meeting.kind) {
      case "play":
        return meeting.failure === undefined
          ? this.#replay(live, meeting.choice)
          : live.play(NO_INPUTS, meeting.failure).result;
      case "record":
        return live.startObserved(this.#tap(meeting.process, live.clonesMessages));
      case "leave":
        return live.start();
      case "refuse":
        return refuseProcess(live, meeting.message);
    }
  }

  run(call: SyncCall): SyncResult {
    const meeting = this.#meet(call.command, call.hasMorePipes);
    switch (meeting.kind) {
      case "play": {
        const { choice } = meeting;
        const { input } = call;
        if (input !== undefined) choice.feed((dialogue) => dialogue.given(input));
        choice.feed((dialogue) => dialogue.ended("stdin"));
        const dialogue = choice.chooseNow();
        return playAtOnce(dialogue) ?? refusedResult(this.#differs(dialogue));
      }
      case "record": {
        const tap = this.#tap(meeting.process, false);
        const result = call.start();
        tap.gaveAll(call.input, result);
        return result;
      }
      case "leave":
        return call.start();
      case "refuse":
        return refusedResult(meeting.message);
    }
  }

  /** What is left of processes that wait for input which the recording has. */
  unfinished(): readonly CassetteError[] {
    const { host, entries } = this.#timeline;
    return this.#replays.flatMap(({ waiting }) => {
      if (waiting === undefined) return [];
      const { recording, awaited = "" } = waiting;
      const message = [
        `The process ${commandLine(recording)}, ${entries.indexOf(recording) + 1} in ${host.tape.shownFile}, did not get all that it got in the recording.`,
        `It waits for ${host.redactor.redactText(awaited)}.`,
        `If it should not get it any more, re-record the cassette: ${host.messages.rerecordCommand()}`,
      ].join("\n");
      return [new CassetteError("CASSETTE_UNPLAYED", message)];
    });
  }

  /** Ends all waiting for recorded times. */
  stop(): void {
    for (const replay of this.#replays) replay.stop();
  }

  /** Waits, not for long, until processes that are about to exit have done so, and ends the recording of all others. */
  async settle(): Promise<void> {
    const ending = this.#taps.filter(({ tap }) => tap.isEnding);
    await within(Promise.all(ending.map(({ tap }) => tap.settled)), CLOSE_GRACE);
    for (const { process, tap } of this.#taps) {
      tap.abandon();
      if (tap.overflow) this.#timeline.host.errors.add(this.#tooLarge(process));
    }
  }

  #meet(command: Command, hasMorePipes: boolean): Meeting {
    const { host, isClosed } = this.#timeline;
    const process = this.#settings.rules.compared(command);
    if (isClosed) return { kind: "refuse", message: `${this.#failed(process)}: its cassette is closed.` };
    if (hasMorePipes) {
      const message = `${this.#failed(process)}: it has a pipe besides stdin, stdout and stderr, which a cassette does not record. Take it out of \`processes\`.`;
      host.errors.add(new CassetteError("CASSETTE_PROCESS", message));
      return host.recordsAll ? { kind: "leave" } : { kind: "refuse", message };
    }
    const recordings = this.#recordings;
    const { key, state, recordings: found } = recordings.find(process);
    const nearest = recordings.nearest(process.command);
    const decision = this.#decide(state, nearest !== undefined);
    switch (decision.kind) {
      case "play":
        return this.#choose(() => recordings.left(key), recordings.reserve(key));
      case "repeat":
        return this.#choose(() => found);
      case "record":
        return { kind: "record", process };
      case "substitute":
        host.errors.warn(processMiss(this.#timeline, process, decision.reason, nearest).message);
        return this.#choose(() => [nearest as RecordedProcess]);
      case "miss":
        return this.#miss(process, decision.reason, nearest);
      case "refuse":
        return decision;
    }
  }

  /** What must not be recorded is refused: the process says why. */
  #decide(
    state: MatchState,
    candidate: boolean,
  ): Met | { readonly kind: "refuse"; readonly message: string } {
    try {
      return this.#timeline.meet(state, candidate);
    } catch (thrown) {
      const error = asError(thrown);
      this.#timeline.host.errors.add(error);
      return { kind: "refuse", message: error.message };
    }
  }

  #choose(candidates: () => readonly RecordedProcess[], release = (): void => undefined): Meeting {
    const choice = new Choice({
      candidates,
      dialogue: (recording, isTrial) => this.#dialogue(recording, isTrial),
      onChosen: (recording) => {
        release();
        this.#timeline.play(recording);
        this.#timeline.events.played(recording);
      },
    });
    const recording = choice.dialogue?.recording;
    return { kind: "play", choice, failure: recording?.exit === undefined ? recording?.error : undefined };
  }

  #miss(process: ComparedProcess, reason: MissReason, nearest: RecordedProcess | undefined): Meeting {
    const error = processMiss(this.#timeline, process, reason, nearest);
    this.#timeline.miss("process", error);
    return { kind: "refuse", message: error.message };
  }

  #dialogue(recording: RecordedProcess, isTrial: boolean): Dialogue {
    const { host } = this.#timeline;
    const { paths } = this.#settings.rules;
    return new Dialogue(recording, {
      keyOf: (text) => keyOfInput(paths.text(text), host.rules),
      ids: new InputIds(),
      restore: (chunks) => host.redactor.restoreBytes(chunks),
      accept: (difference) => {
        if (isTrial || host.options.mode !== "warn") return false;
        host.errors.warn(inputMiss(this.#timeline, recording, difference).message);
        return true;
      },
    });
  }

  #replay(live: LiveProcess, choice: Choice): unknown {
    const { host } = this.#timeline;
    const replay = new ReplayProcess(choice, {
      ...messageForm(live.clonesMessages),
      pacing: host.options.pacing,
      onDifference: (dialogue) => this.#differs(dialogue),
      onInput: this.#noteTools,
      onProblem: (error) => host.errors.add(error),
    });
    this.#replays.push(replay);
    return replay.start(live);
  }

  readonly #noteTools = (bytes: Uint8Array): void => {
    if (!this.#timeline.isClosed) this.#timeline.happened.push(...toolCallsInLines(bytes));
  };

  /** Reports input that differs from the recording, and returns the message. */
  #differs({ recording, difference = NO_DIFFERENCE }: Dialogue): string {
    const error = inputMiss(this.#timeline, recording, difference);
    const { tally, isClosed } = this.#timeline;
    if (!isClosed) {
      tally.played--;
      tally.missed++;
      this.#timeline.miss("process", error);
    }
    return error.message;
  }

  #tap(process: ComparedProcess, clonesMessages: boolean): ProcessTap {
    const { host } = this.#timeline;
    const { maxBytes, rules } = this.#settings;
    const tap = new ProcessTap({
      maxBytes,
      toValue: messageForm(clonesMessages).toValue,
      onInput: this.#noteTools,
      onProblem: (why) =>
        host.errors.add(new CassetteError("CASSETTE_PROCESS", `${this.#failed(process)}: ${why.message}`)),
    });
    this.#taps.push({ process, tap });
    const entry = (place: EntryPlace = { at: 0 }): RecordedProcess =>
      recordedProcess(place, process, tap.result, rules.paths);
    const event = this.#timeline.events.started(entry);
    if (event !== undefined) void tap.settled.then(() => event.end(() => (tap.isVoid ? undefined : entry())));
    this.#timeline.record(tap.startedAt, this.#timeline.parent, {
      get isDone() {
        return tap.isDone;
      },
      get isVoid() {
        return tap.isVoid;
      },
      entry,
    });
    return tap;
  }

  #tooLarge(process: ComparedProcess): CassetteError {
    return new CassetteError(
      "CASSETTE_BODY_TOO_LARGE",
      `The input and output of the process ${this.#shown(process)} are longer than maxBytes (${this.#settings.maxBytes}). Your code got all of it, ` +
        "but the tape has only its beginning. Raise maxBytes for this test, or do not record this process.",
    );
  }

  #failed(process: ComparedProcess): string {
    const { host } = this.#timeline;
    return `Failed to ${host.recordsAll ? "record" : "play"} the process ${this.#shown(process)}`;
  }

  #shown(process: ComparedProcess): string {
    const { redactor } = this.#timeline.host;
    return commandLine(redactor.redactEntry<RecordedProcess>({ kind: "process", at: 0, io: [], ...process }));
  }
}

const NO_DIFFERENCE = { live: undefined, recorded: undefined };

const nothing = (): void => undefined;
const NO_INPUTS = { given: nothing, sent: nothing, ended: nothing, killed: nothing };
