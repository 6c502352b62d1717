import { CassetteError } from "../cassette/errors.ts";
import type { BodyReference, StoredBody } from "../cassette/stored-body.ts";

/** Opens a body in a file of its own, without reading it. `lengths` are the bytes of its chunks. */
export type OpenBody = (reference: BodyReference, lengths: readonly number[]) => StoredBody;

/** For a tape whose files are not at hand: one from the history of a repository, say. */
export const withoutFile: OpenBody = (reference, lengths) => {
  const read = (): never => {
    throw new CassetteError(
      "CASSETTE_BODY_MISSING",
      `Failed to read the body file ${reference.name}: the cassette was read without its folder.`,
    );
  };
  return { ...reference, lengths, read, pieces: () => ({ [Symbol.asyncIterator]: read }) };
};
