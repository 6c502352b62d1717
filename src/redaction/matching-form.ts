import { Buffer } from "node:buffer";
import type { RecordedRequest } from "../cassette/model.ts";
import { ANY_SECRET, PLACEHOLDER } from "./placeholder.ts";
import type { Rules } from "./rules.ts";
import { decodedName } from "./text-parts.ts";

/**
 * A redacted request as it is compared: all placeholders are the same, secret query parameters are left out, and a secret
 * field without a value counts as one with a value. So requests with another key, or without any, compare as equal.
 */
export function matchingForm(request: RecordedRequest, rules: Rules): RecordedRequest {
  const url = withoutSecretParameters(request.url, rules.isSecretParameter).replace(PLACEHOLDER, ANY_SECRET);
  const headers = request.headers.map(
    ([name, value]) => [name, value.replace(PLACEHOLDER, ANY_SECRET)] as const,
  );
  const { body } = request;
  return { ...request, url, headers, ...(body === undefined ? {} : { body: matchingBody(body, rules) }) };
}

/** `"name": ""`, `"name": null` and `name=` of a form, in JSON within JSON too. */
const EMPTY_FIELD = /(\\*)"([\w.$ -]{1,64})\1"(\s*:\s*)(?:\1"\1"|null)|(^|&)([\w.%[\]-]{1,64})=(?=&|$)/g;

function matchingBody(body: Uint8Array, rules: Rules): Uint8Array {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const mayHaveEmpty =
    bytes.includes('""') || bytes.includes('\\"\\"') || bytes.includes("null") || isFormWithEmpty(bytes);
  if (!mayHaveEmpty && !bytes.includes("<redacted")) return body;
  const before = bytes.toString("latin1");
  const after = before
    .replace(EMPTY_FIELD, (whole, slashes, name, colon, sign, formName) => {
      if (name !== undefined) {
        return rules.isSecretField(name)
          ? `${slashes}"${name}${slashes}"${colon}${slashes}"${ANY_SECRET}${slashes}"`
          : whole;
      }
      return rules.isSecretField(decodedName(formName)) ? `${sign}${formName}=${ANY_SECRET}` : whole;
    })
    .replace(PLACEHOLDER, ANY_SECRET);
  return after === before ? body : Buffer.from(after, "latin1");
}

/** Redacted JSON text as it is compared. */
export function matchingJson(text: string, rules: Rules): string {
  const bytes = Buffer.from(text);
  const form = matchingBody(bytes, rules);
  return form === bytes ? text : Buffer.from(form).toString();
}

function isFormWithEmpty(bytes: Buffer): boolean {
  return bytes.includes("=&") || bytes.at(-1) === "=".charCodeAt(0);
}

function withoutSecretParameters(url: string, isSecret: (name: string) => boolean): string {
  const found = /^([^?#]*)\?([^#]*)(#.*)?$/s.exec(url);
  if (found === null) return url;
  const [, path = "", query = "", hash = ""] = found;
  const parameters = query.split("&");
  const kept = parameters.filter((parameter) => !isSecret(decodedName(parameter.split("=")[0] ?? "")));
  if (kept.length === parameters.length) return url;
  return `${path}${kept.length === 0 ? "" : `?${kept.join("&")}`}${hash}`;
}
