import type { ServerHttp2Stream } from "node:http2";
import type { InterceptionState } from "../context.ts";
import { ConnectionFailure } from "../exchange.ts";
import { answerStream } from "./answer-stream.ts";
import type { ClientRequest } from "./client-requests.ts";
import { INTERNAL_ERROR } from "./error-frame.ts";
import { Http2Exchange, type StreamHead } from "./http2-exchange.ts";
import { passOn } from "./pass-on.ts";
import type { Upstream } from "./upstream.ts";

/** A stream of a client at the hub. */
interface MetStream {
  readonly stream: ServerHttp2Stream;
  readonly head: StreamHead;
  /** The real server. */
  readonly upstream: Upstream;
  /** The client's side; `undefined` if it is unknown. */
  readonly request?: Pick<ClientRequest, "site" | "delivery"> | undefined;
  /** Ends the client's stream, or its session, as the real server's ended. */
  readonly fail: (failure: ConnectionFailure) => void;
}

/** Answers a stream, or connects it to the real server if no handler takes it. Never rejects. */
export async function meetStream({ router }: InterceptionState, met: MetStream): Promise<void> {
  const { stream, head, upstream, request, fail } = met;
  try {
    const handler = router.active() ? router.route(head) : undefined;
    if (handler === undefined) {
      const onError = router.active() ? router.leftAlone(head) : undefined;
      const failed = (failure: ConnectionFailure): void => {
        onError?.(failure);
        fail(failure);
      };
      await sendOn({ ...met, fail: failed });
      return;
    }
    // The client waits for this before it sends its body.
    if (head.headers.some(([name, value]) => name === "expect" && value === "100-continue")) {
      stream.additionalHeaders({ ":status": 100 });
    }
    const exchange = new Http2Exchange(stream, head, upstream, request?.site.stack);
    const answer = await handler(exchange);
    await answerStream(stream, answer, { method: head.method, delivery: request?.delivery, fail });
  } catch {
    // The client reset the stream, or the test was told what went wrong.
    if (!stream.destroyed) stream.close(INTERNAL_ERROR);
  }
}

async function sendOn({ stream, head, upstream, fail }: MetStream): Promise<void> {
  try {
    const dialled = await upstream.connect();
    if (dialled.kind === "http1") {
      const exchange = new Http2Exchange(stream, head, upstream, undefined);
      const response = await exchange.send(exchange.signal);
      await answerStream(
        stream,
        { kind: "respond", response },
        { method: head.method, delivery: undefined, fail },
      );
      return;
    }
    const endStream = stream.endAfterHeaders;
    passOn(stream, upstream.open(dialled.session, head, { endStream, waitForTrailers: !endStream }), fail);
  } catch (error) {
    if (!(error instanceof ConnectionFailure)) throw error;
    if (!stream.destroyed) fail(error);
  }
}
