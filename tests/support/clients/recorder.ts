import { type ClientRequest, type ClientResult, describeError } from "./client.ts";

type Head = Pick<ClientResult, "status" | "statusText" | "headers" | "rawHeaders">;

/** Collects what one request gives, and gives up when the request says so. */
export class Recorder {
  readonly #request: ClientRequest;
  readonly #controller = new AbortController();
  readonly #started = performance.now();
  readonly #chunks: Uint8Array[] = [];
  readonly #times: number[] = [];
  #head: Head = { status: 0, statusText: "", headers: {} };
  #left = false;

  constructor(request: ClientRequest) {
    this.#request = request;
  }

  /** For the client to take. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** `true` once the body is to be left. */
  get left(): boolean {
    return this.#left;
  }

  /** To be called when the request is under way. */
  sent(): void {
    if (this.#request.stop?.after === "sent") setTimeout(() => this.#controller.abort(), 20);
  }

  headers(head: Head): void {
    this.#head = head;
    this.#times.push(this.#sinceStart());
    this.#request.onHeaders?.(head.status);
    this.#stopAfter(0);
  }

  async chunk(chunk: Uint8Array): Promise<void> {
    this.#times.push(this.#sinceStart());
    this.#chunks.push(new Uint8Array(chunk));
    const count = this.#chunks.length;
    await this.#request.onChunk?.(chunk, count);
    this.#stopAfter(count);
  }

  /** The result; `error` where the client failed. */
  result(ended: boolean, error?: unknown): ClientResult {
    return {
      ...this.#head,
      chunks: this.#chunks,
      times: this.#times,
      ended: ended && !this.#left && error === undefined,
      ...(error === undefined ? {} : { error: describeError(error) }),
    };
  }

  #stopAfter(count: number): void {
    const { stop } = this.#request;
    if (stop?.after !== count) return;
    if (stop.by === "signal") this.#controller.abort();
    else this.#left = true;
  }

  #sinceStart(): number {
    return performance.now() - this.#started;
  }
}
