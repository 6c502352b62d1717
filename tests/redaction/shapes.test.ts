import { expect, test } from "vitest";
import { redactorOf, requestOf, textOf } from "./support.ts";

/** Put together at run time, so that no file holds anything that looks like a key. */
const letters = (length: number): string => "aZ7kQ2mW9xR4tB6n".repeat(20).slice(0, length);
const hex = (length: number): string => "a1b2c3d4e5f60789".repeat(20).slice(0, length);
const digits = (length: number): string => "1029384756".repeat(10).slice(0, length);

/** Each with what is left of it. */
const SHAPES: readonly (readonly [secret: string, left: string])[] = [
  [`ya29.c.${letters(120)}`, "<redacted:google-token>"],
  [`1//0${letters(60)}`, "<redacted:google-refresh-token>"],
  [`xapp-1-A${digits(10)}-${digits(13)}-${hex(64)}`, "<redacted:slack-token>"],
  [
    `https://hooks.slack.com/services/T${digits(9)}/B${digits(9)}/${letters(24)}`,
    "https://hooks.slack.com/services/<redacted:webhook-url>",
  ],
  [
    `https://discord.com/api/webhooks/${digits(18)}/${letters(68)}`,
    "https://discord.com/api/webhooks/<redacted:webhook-url>",
  ],
  [`pypi-AgE${letters(120)}`, "<redacted:pypi-token>"],
  [`SK${hex(32)}`, "<redacted:twilio-key>"],
  [`sk_${hex(48)}`, "<redacted:elevenlabs-key>"],
  [`csk-${hex(48)}`, "<redacted:cerebras-key>"],
  [`tvly-dev-${letters(32)}`, "<redacted:tavily-key>"],
  [`sk-lf-${hex(8)}-${hex(4)}-${hex(4)}-${hex(4)}-${hex(12)}`, "<redacted:langfuse-key>"],
  [
    `AccountName=a;AccountKey=${letters(86)}==;EndpointSuffix=b`,
    "AccountName=a;AccountKey=<redacted:azure-storage-key>;EndpointSuffix=b",
  ],
  [
    `aws_secret_access_key = ${letters(38)}/+\nregion = us-east-1`,
    "aws_secret_access_key = <redacted:aws-secret-access-key>\nregion = us-east-1",
  ],
  [`"secretAccessKey": "${letters(40)}"`, '"secretAccessKey": "<redacted:aws-secret-access-key>"'],
];

test.each(SHAPES)("%s is told by its shape", (secret, left) => {
  const body = { text: `see ${secret} there`, arguments: JSON.stringify({ note: [secret] }) };
  const redacted = JSON.parse(textOf(redactorOf().redactRequest(requestOf({ body }))));
  expect(redacted.text).toBe(`see ${left} there`);
  expect(JSON.parse(redacted.arguments)).toEqual({ note: [left] });
});

test.each([
  "ya29.c.",
  "1//0 is no fraction",
  "https://hooks.slack.com/services/T000/B000/XXXX",
  "https://discord.com/api/webhooks/<id>/<token>",
  "SKILLS of the 21st century",
  `SK${hex(40)}`,
  `sk_${hex(40)}`,
  "csk-my-own-name-of-something",
  "tvly-your-api-key-goes-here",
  "AccountKey=<your key>",
  "aws_secret_access_key = your-secret-access-key-goes-right-here-ok",
  "aws_secret_access_key: the key that goes with the id",
])("%s is no secret", (text) => {
  const request = requestOf({ body: { text } });
  expect(redactorOf().redactRequest(request)).toBe(request);
});
