import { CassetteError } from "../cassette/errors.ts";
import { readOtherYaml } from "../format/index.ts";
import { parseJson } from "../streams/parse-json.ts";
import { aimock } from "./aimock.ts";
import { har } from "./har.ts";
import type { Imported, Importer } from "./imported.ts";
import { nockBack } from "./nock-back.ts";
import { vcrPy, vcrRuby, vcrTest } from "./vcr.ts";

const IMPORTERS: readonly Importer[] = [har, aimock, vcrRuby, vcrPy, vcrTest, nockBack];

/** The tools whose files can be read, for people. */
export const TOOLS = "HAR, Polly.js, nock, vcr-test, VCR (Ruby), VCR.py, cassetter and aimock";

/**
 * Reads a recording of another tool, recognized by its content.
 *
 * @param file for messages
 * @throws CassetteError `CASSETTE_IMPORT_UNKNOWN` if it is none that is known
 */
export function readRecording(text: string, file: string): Imported {
  const content = contentOf(text);
  const importer = IMPORTERS.find(({ matches }) => matches(content));
  if (importer === undefined) {
    throw new CassetteError(
      "CASSETTE_IMPORT_UNKNOWN",
      `Failed to import ${file}: it is not a recording of a known tool.\nKnown tools: ${TOOLS}.`,
    );
  }
  return importer.read(content);
}

function contentOf(text: string): unknown {
  // The reader of YAML would take the mark and the JSON, too, but slowly.
  const json = parseJson(text.replace(/^\uFEFF/, ""));
  if (json !== undefined) return json;
  try {
    return readOtherYaml(text);
  } catch {
    // Neither JSON nor YAML: no tool is recognized.
    return undefined;
  }
}
