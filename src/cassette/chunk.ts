/** The bytes of one read of a body. */
export interface StreamChunk {
  /** Milliseconds since the request was sent; absent if the time is not known. */
  readonly at?: number | undefined;
  readonly bytes: Uint8Array;
}
