/** What a tape says about a body that is in a file of its own. */
export interface BodyReference {
  /** Path from the folder of the tape, with `/`: `joke.bodies/0123456789abcdef.gz`. */
  readonly name: string;
  /** Bytes of the body. */
  readonly bytes: number;
  /** SHA-256 of the body, in hexadecimal. */
  readonly sha256: string;
}

/** A body in a file of its own. It is read on demand. */
export interface StoredBody extends BodyReference {
  /** Bytes of each chunk. */
  readonly lengths: readonly number[];
  /**
   * Reads the whole body.
   *
   * @throws CassetteError if the file is missing, or holds another body
   */
  read(): Uint8Array;
  /**
   * Yields the body piece by piece, so that it never is in memory as a whole.
   *
   * @throws CassetteError if the file is missing, or, at the end, if it holds another body
   */
  pieces(): AsyncIterable<Uint8Array>;
}

const stored = new WeakMap<readonly Uint8Array[], StoredBody>();

/** Returns the chunks of a stored body. Reads the file when somebody asks for the first of them. */
export function storedChunks(body: StoredBody): readonly Uint8Array[] {
  const { lengths } = body;
  let isRead = false;
  const filled = (chunks: Uint8Array[]): Uint8Array[] => {
    if (isRead) return chunks;
    const bytes = body.read();
    isRead = true;
    let start = 0;
    for (const length of lengths) {
      chunks.push(bytes.subarray(start, start + length));
      start += length;
    }
    return chunks;
  };
  // An entry is copied with `{ ...response }`, which would call a getter.
  const chunks = new Proxy<Uint8Array[]>([], {
    get(target, key, receiver) {
      if (!isRead && key === "length") return lengths.length;
      return Reflect.get(!isRead && isIndex(key) ? filled(target) : target, key, receiver);
    },
    has: (target, key) => Reflect.has(filled(target), key),
    ownKeys: (target) => Reflect.ownKeys(filled(target)),
    getOwnPropertyDescriptor: (target, key) => Reflect.getOwnPropertyDescriptor(filled(target), key),
  });
  stored.set(chunks, body);
  return chunks;
}

function isIndex(key: string | symbol): boolean {
  return typeof key === "string" && /^\d+$/.test(key);
}

/** Returns the body in a file whose chunks these are; `undefined` for chunks in memory. */
export function storedBodyOf(chunks: readonly Uint8Array[]): StoredBody | undefined {
  return stored.get(chunks);
}

/** Returns the bytes of each chunk, without reading a file. */
export function lengthsOf(chunks: readonly Uint8Array[]): readonly number[] {
  return storedBodyOf(chunks)?.lengths ?? chunks.map(({ length }) => length);
}

/** Returns the bytes of a body, without reading a file. */
export function bodyLength(chunks: readonly Uint8Array[]): number {
  return storedBodyOf(chunks)?.bytes ?? chunks.reduce((sum, { length }) => sum + length, 0);
}
