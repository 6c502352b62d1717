import { HttpRequestInterceptor } from "@mswjs/interceptors/http";

/** The parts of the interceptors' request event that are used here. */
export interface RequestEvent {
  readonly request: Request;
  readonly controller: {
    readonly readyState: number;
    respondWith(response: Response): void;
    errorWith(reason: unknown): void;
  };
  stopImmediatePropagation(): void;
}

type Listener = (event: RequestEvent) => unknown;

/** What all interceptors of one copy of the package listen to, users' msw server among them. */
interface RequestSource {
  on(type: "request" | "response", listener: Listener, options?: object): unknown;
  removeListener(type: "request" | "response", listener: Listener): unknown;
  listeners(type: "request"): readonly Listener[];
  readonly emitter: { earlyOn(type: "request", listener: Listener): unknown };
}

export interface RequestListeners {
  /** Asked before anybody else. Has to answer at once, and stops the event where nobody else is to see it. */
  readonly first: (event: RequestEvent) => void;
  /** Asked when nobody else has answered: handlers that a user has set up come before a tape. */
  readonly last: (event: RequestEvent) => unknown;
}

const PENDING = 0;

export function isPending({ controller }: RequestEvent): boolean {
  return controller.readyState === PENDING;
}

/**
 * Applies the interceptors and listens to the requests of all of them.
 *
 * @returns a function that tells whether others listen too
 */
export function listenToRequests({ first, last }: RequestListeners): () => boolean {
  // Another copy of the interceptors, in a msw of another version, has a source of its own.
  const known = knownSource();
  const before = known?.listeners("request").length ?? 0;
  new HttpRequestInterceptor().apply();
  const source = requestSource();
  const ours = source.listeners("request").length - (known === source ? before : 0) + 2;
  source.emitter.earlyOn("request", first);
  const on = source.on;
  on("request", last);
  // Listeners are asked in the order in which they were added: with each that is added ours moves to the end.
  source.on = (type, listener, options) => {
    const result = on(type, listener, options);
    if (type === "request") {
      source.removeListener("request", last);
      on("request", last);
    }
    return result;
  };
  return () => source.listeners("request").length > ours;
}

/** Tells a client that the proxy has opened the tunnel it asked for. What is sent through it comes as requests of their own. */
export function acceptTunnel({ controller }: RequestEvent): void {
  // While somebody listens for responses, the interceptors let the client's connection be made before they begin
  // the tunnel. Otherwise undici's is made in the middle of that, and Node ends the process.
  const source = requestSource();
  const nobody = (): void => undefined;
  source.on("response", nobody);
  controller.respondWith(new Response(null, { status: 200, statusText: "Connection established" }));
  source.removeListener("response", nobody);
}

function requestSource(): RequestSource {
  const source = knownSource();
  if (source === undefined) throw new Error("Failed to find the request source of @mswjs/interceptors.");
  return source;
}

/** The registry of the interceptors is the only door to their common source. */
function knownSource(): RequestSource | undefined {
  const { __MSW_INTERCEPTORS_REGISTRY: registry } = globalThis as {
    __MSW_INTERCEPTORS_REGISTRY?: Map<symbol, unknown>;
  };
  return registry?.get(Symbol.for("node-http-request-source")) as RequestSource | undefined;
}
