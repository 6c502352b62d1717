import type { BodyReference } from "../cassette/stored-body.ts";
import type { TapeNode } from "./node.ts";
import type { NodeReader } from "./node-reader.ts";
import { text } from "./read-fields.ts";

/** No body is longer: a small file can be a bomb. */
const MAX_BYTES = 2 ** 32;
/** A file in one folder beside the tape, and nothing else: a tape may come from anybody. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: no file system has them in names
const NAME = /^[^/\\:*?"<>|\0-\x1f]+\.bodies\/[0-9a-f]{16}\.gz$/;

/** Reads what a tape says about a body in a file of its own. */
export function readBodyFile(reader: NodeReader, node: TapeNode): BodyReference {
  const given = reader.fields(node, "bodyFile", {
    name: text("the name of the file, such as joke.bodies/0123456789abcdef.gz"),
    bytes: (_: NodeReader, each: TapeNode) =>
      reader.number(each, "the bytes of the body", 0, MAX_BYTES, true),
    sha256: text("the SHA-256 of the body"),
  });
  const { name, bytes, sha256 } = given;
  if (name === undefined || bytes === undefined || sha256 === undefined) {
    throw reader.error(node, "a bodyFile needs a name, bytes and sha256");
  }
  if (!NAME.test(name)) {
    const why = `expected a file in a folder beside the cassette, such as joke.bodies/0123456789abcdef.gz, found ${JSON.stringify(name)}`;
    throw reader.error(node, why);
  }
  if (!/^[0-9a-f]{64}$/.test(sha256)) {
    throw reader.error(node, `expected the SHA-256 of the body, found ${JSON.stringify(sha256)}`);
  }
  return { name, bytes, sha256 };
}
