import type { Importer } from "./imported.ts";
import { interactionOf } from "./interaction.ts";
import { bytesOf, fieldsOf, fromPieces, headersOf, listOf, numberOf, textOf } from "./values.ts";

/** Files of nock's `nock.back` and its recorder with `output_objects`. */
export const nockBack: Importer = {
  from: "nock",
  matches: (content) => listOf(content).some((each) => "scope" in fieldsOf(each) && "path" in fieldsOf(each)),
  read(content) {
    const definitions = listOf(content).map(fieldsOf);
    const interactions = definitions.map(({ scope, path, method, body, status, response, ...rest }) =>
      interactionOf({
        method: textOf(method) || "GET",
        url: withoutDefaultPort(`${textOf(scope)}${textOf(path)}`),
        requestHeaders: headersOf(rest.reqheaders),
        requestBody: isBinary(body, rest.bodyIsBinary) ? fromPieces(body) : bytesOf(body),
        status: numberOf(status) ?? 200,
        responseHeaders: headersOf(rest.rawHeaders ?? rest.headers),
        responseBody: isBinary(response, rest.responseIsBinary) ? fromPieces(response) : bytesOf(response),
      }),
    );
    const isFiltered = definitions.some((each) => "filteringRequestBody" in each || "filteringPath" in each);
    return {
      from: "nock",
      interactions,
      notes: isFiltered ? ["nock's filters are code: write them as match.ignore or match.normalize."] : [],
    };
  },
};

/** nock keeps bytes as a list of pieces in hexadecimal digits, and one piece as a text with a flag. */
function isBinary(body: unknown, flag: unknown): body is string | readonly string[] {
  return Array.isArray(body) && body.length > 0 && body.every(isHex) ? true : flag === true && isHex(body);
}

function isHex(value: unknown): value is string {
  return typeof value === "string" && /^(?:[0-9a-f]{2})+$/.test(value);
}

function withoutDefaultPort(url: string): string {
  return URL.parse(url)?.href ?? url;
}
