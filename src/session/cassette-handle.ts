import { recordFunction } from "../calls/record-function.ts";
import type { Run } from "../calls/run.ts";
import { wrapTools } from "../calls/wrap-tools.ts";
import { CassetteError } from "../cassette/errors.ts";
import type { Interaction } from "../cassette/model.ts";
import { headerOf } from "../http/headers.ts";
import { urlFor } from "../interception/hub/url-for.ts";
import { traceInteraction } from "../providers/decode-stream.ts";
import { recognize } from "../providers/registry.ts";
import type { StreamTrace } from "../streams/stream-trace.ts";
import { describeBypassed } from "./bypassed.ts";
import type { Cassette, StreamSelector } from "./cassette.ts";
import { emitEvent } from "./emit-event.ts";
import type { Session } from "./session.ts";

/** Where a handle has its run, also behind the handle of a whole file. */
const RUN = Symbol.for("vitest-cassette/run");

/** Returns the run of the cassette that a handle stands for. */
export function runOf(cassette: Cassette): Run | undefined {
  return (cassette as { readonly [RUN]?: Run })[RUN];
}

/** What a handle reads from its session, each time that it is asked. */
const READ = {
  name: ({ name }) => name,
  file: ({ settings }) => settings.tape.file,
  mode: ({ mode }) => mode,
  recording: ({ recording }) => recording,
  interactions: ({ interactions }) => interactions,
  entries: ({ entries }) => entries,
  requests: ({ requests }) => requests.live.list,
  misses: ({ run }) => run.timeline.misses,
  unplayed: ({ run }) => run.unplayed,
  bypassed: ({ traffic }) => traffic.bypassed,
  streams: ({ requests }) => streamed(requests.interactions).map(traceInteraction),
  session: ({ manifest }) => manifest,
  stats: ({ stats }) => stats,
} satisfies { readonly [Name in keyof Cassette]?: (session: Session) => Cassette[Name] };

/** Returns the handle of a session that a test gets. */
export function cassetteHandle(session: Session, eject: () => Promise<void>): Cassette {
  const getters = Object.entries(READ).map(([name, read]) => [
    name,
    { get: () => read(session), enumerable: true, configurable: true },
  ]);
  const methods: Omit<Cassette, keyof typeof READ> = {
    stream: (selector) => pick(session, selector),
    wrap: (tools, options) => wrapTools(() => session.run, tools, options),
    record: (name, original, options) => recordFunction(() => session.run, name, original, options),
    mcp: (transport, options) => session.run.mcp.wrap(transport, options),
    step: (name, body, options) => session.run.steps.run(name, body, options),
    checkpoint: (label, value, metadata) => session.run.checkpoints.reach(label, value, metadata),
    on: (name, listener) => session.run.timeline.events.bus.on(name, listener),
    emit: (event) => emitEvent(session.run.timeline.events, event),
    urlFor,
    eject,
    [Symbol.asyncDispose]: eject,
  };
  const handle = Object.assign(Object.defineProperties({}, Object.fromEntries(getters)), methods) as Cassette;
  return Object.defineProperties(handle, {
    [RUN]: { value: session.run },
    // What Vitest prints of a cassette in a diff: not all of its bytes, and nothing that no two runs have in common.
    toJSON: {
      value: () => {
        const { name, mode, recording } = handle;
        const { overhead: _, events: __, ...stats } = handle.stats;
        return { name, mode, recording, stats, streams: handle.streams.map(({ summary }) => summary) };
      },
    },
  });
}

/**
 * Returns the interactions that are streams: responses of a model if there are any; else responses that arrived as a
 * stream; else every response.
 */
function streamed(interactions: readonly Interaction[]): readonly Interaction[] {
  const answered = interactions.filter(({ response }) => response.status !== 0);
  const ofModels = answered.filter(({ request }) => recognize(request.url)?.endpoint.decoder !== undefined);
  if (ofModels.length > 0) return ofModels;
  const flowing = answered.filter(({ response }) =>
    /event-stream|ndjson|json-seq|jsonl|eventstream/i.test(headerOf(response.headers, "content-type") ?? ""),
  );
  return flowing.length > 0 ? flowing : answered;
}

function pick(session: Session, selector: StreamSelector | undefined): StreamTrace {
  const all = streamed(session.requests.interactions);
  const chosen = all.filter((interaction, index) => chosenBy(selector, interaction, index));
  const [only] = chosen;
  if (only !== undefined && (chosen.length === 1 || selector !== undefined)) return traceInteraction(only);
  const list = all.map(({ request }, index) => `  ${index}  ${request.method} ${request.url}`);
  const what =
    only === undefined
      ? selector === undefined
        ? "it has none"
        : `none matches ${String(selector)}`
      : `it has ${chosen.length}`;
  throw new CassetteError(
    "CASSETTE_NO_STREAM",
    [
      `Failed to pick one stream of cassette "${session.name}": ${what}.`,
      ...list,
      ...(only === undefined ? session.traffic.bypassed.map((each) => `  ${describeBypassed(each)}`) : []),
      ...(all.length > 1
        ? ["Name one by its position, a part of its URL, or a function: cassette.stream(0)."]
        : []),
    ].join("\n"),
  );
}

function chosenBy(selector: StreamSelector | undefined, interaction: Interaction, index: number): boolean {
  if (selector === undefined) return true;
  if (typeof selector === "number") return selector === index;
  if (typeof selector === "string") return interaction.request.url.includes(selector);
  if (selector instanceof RegExp) return interaction.request.url.search(selector) !== -1;
  return selector(traceInteraction(interaction));
}
