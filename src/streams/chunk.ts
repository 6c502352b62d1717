/** The bytes of one read of a body. */
export interface StreamChunk {
  /** Milliseconds since the request was sent; absent where times are not known. */
  readonly at?: number | undefined;
  readonly bytes: Uint8Array;
}
