import { Run } from "../calls/run.ts";
import { Timeline } from "../calls/timeline.ts";
import type { TimelineHost } from "../calls/timeline-host.ts";
import { later } from "../cassette/later.ts";
import { EventBus } from "../events/bus.ts";
import type { EventFields } from "../events/event.ts";
import { eventOutputs } from "../events/outputs.ts";
import { sessionId } from "../events/session-id.ts";
import { Freeze, holdFreeze } from "../freeze/freeze.ts";
import { frozenOf } from "../freeze/freeze-seed.ts";
import { interceptionState } from "../interception/context.ts";
import { holdInterception, installInterception } from "../interception/install.ts";
import { RecordingIndex } from "../matching/recording-index.ts";
import { decide } from "../options/decide.ts";
import type { ResolvedOptions } from "../options/options.ts";
import { ProcessRules } from "../processes/process-rules.ts";
import { Processes } from "../processes/processes.ts";
import { ErrorCollector } from "./error-collector.ts";
import { otelOutput } from "./otel.ts";
import { OtherTraffic } from "./other-traffic.ts";
import { planRecording, type RecordingPlan } from "./recording-plan.ts";
import { bypassReason, headOf } from "./request-filter.ts";
import { Requests } from "./requests.ts";
import { sessionRouter } from "./router.ts";
import { currentScope, currentSession, scopeState } from "./scope.ts";
import { followSdks } from "./sdk-telemetry.ts";
import { Session } from "./session.ts";
import { SessionMessages } from "./session-messages.ts";
import type { SessionSettings } from "./session-settings.ts";
import { startLog, watchTracedStreams } from "./start-log.ts";
import { Overhead } from "./stats.ts";
import { workerState } from "./worker-state.ts";

/**
 * Opens a session on a tape that is open, and keeps the tape open until the session closes.
 *
 * @throws CassetteError for a tape that cannot be read or is too old
 */
export function openSession(settings: SessionSettings): Session {
  const { tape, rules, contributor, options } = settings;
  tape.forget(contributor);
  const plan = planRecording(settings);
  const entries = plan.recordsAll ? NOTHING : plan.playsOnly ? tape.playOnlyInteractions : tape.interactions;
  const index = RecordingIndex.over(entries, rules);
  const messages = new SessionMessages(settings, index, plan.playsOnly);
  const freeze = freezeOf(settings, plan);
  const errors = new ErrorCollector(settings);
  startLog(options.debug);
  watchTracedStreams();
  const bus = busOf(settings, plan);
  const otel = otelOutput(options);
  if (otel !== undefined) bus.attach(otel);
  const timeline = new Timeline(entries, {
    ...settings,
    bus,
    errors,
    messages,
    records: plan.records,
    recordsAll: plan.recordsAll,
    updates: settings.environment.record === "update",
    decide: decider(settings, plan),
  });
  errors.onWarning = (message) => timeline.events.log(message);
  const overhead = new Overhead();
  const requests = new Requests({ settings, timeline, index, messages, errors, overhead });
  const processes = later(() => processesOf(timeline, options));
  installInterception(sessionRouter);
  const releaseTraffic = holdInterception();
  const session = new Session(settings, {
    records: plan.records,
    run: new Run(
      timeline,
      { request: { get: () => requests, made: requests }, process: processes },
      { calls: options.calls, liveAfter: plan.liveAfter },
    ),
    requests,
    processes,
    traffic: new OtherTraffic(settings, plan.records, bus),
    errors,
    overhead,
    messages,
    otel,
    freeze,
    thaw: freeze && holdFreeze(currentFreeze),
    releaseTraffic,
  });
  bus.start();
  for (const warning of plan.warnings) errors.warn(warning);
  if (options.freeze !== undefined && freeze === undefined && tape.exists)
    errors.warn(messages.neverFrozen());
  tape.use(plan.recordsAll);
  scopeState().open.add(session);
  overhead.since(settings.openedAt);
  return session;
}

const NOTHING = Object.freeze([]);

function busOf({ test, tape, options }: SessionSettings, { records }: RecordingPlan): EventBus {
  const describeStart = (): EventFields<"session_start"> => ({
    test: test.name,
    testFile: test.file,
    cassette: tape.shownFile,
    mode: options.mode,
    recording: records,
  });
  return new EventBus(sessionId(test), eventOutputs(), describeStart, followSdks);
}

/** Returns what decides about something that the run asks for. */
function decider(
  { tape, options, environment }: SessionSettings,
  plan: RecordingPlan,
): TimelineHost["decide"] {
  const { records, recordsAll, liveAfter } = plan;
  const { mode, repeat, order } = options;
  // With a kept part, RECORD=1 only adds to it.
  const kept = liveAfter === undefined ? "off" : "new";
  const adds = environment.record === "all" ? kept : environment.record;
  return (match, candidate) =>
    decide({
      record: recordsAll ? "all" : records ? adds : "off",
      recordingRefused: environment.recordingRefused,
      mode: mode === "hybrid" && !records ? "strict" : mode,
      match,
      candidate,
      tape: tape.exists ? "present" : "missing",
      repeat,
      order,
    });
}

/** Returns who records and plays the child processes of a session. */
function processesOf(timeline: Timeline, { processes, ignore, maxBytes }: ResolvedOptions): Processes {
  return new Processes(timeline, {
    rules: new ProcessRules(processes, workerState().settings.root),
    maxBytes,
    ignores: (program) => bypassReason(headOf(`process:${program}`), { include: [], ignore }) === "ignored",
  });
}

function freezeOf(
  { tape, options }: SessionSettings,
  { recordsAll, records }: RecordingPlan,
): Freeze | undefined {
  if (options.freeze === undefined) return undefined;
  const old = recordsAll ? undefined : tape.old;
  const ofRun = (records && old === undefined) || tape.isRecorded;
  const frozen = ofRun ? tape.frozenForRecording() : old && frozenOf(old);
  return frozen && new Freeze(options.freeze, Date.parse(frozen.time), frozen.seed);
}

/** Finds the freeze of the running code, in the way in which its requests find their session. */
function currentFreeze(): Freeze | undefined {
  // Our own requests to the live provider are not the test's code.
  if (interceptionState().own.getStore() !== undefined) return undefined;
  const scope = currentScope();
  if (scope === undefined) return currentSession()?.freeze;
  return scope.sessions.findLast(({ freeze }) => freeze !== undefined)?.freeze;
}
