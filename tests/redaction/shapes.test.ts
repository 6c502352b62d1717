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
  [`tgp_v1_${letters(43)}`, "<redacted:together-key>"],
  [`vck_${letters(56)}`, "<redacted:vercel-token>"],
  [`xoxc-${digits(12)}-${digits(12)}-${hex(64)}`, "<redacted:slack-token>"],
  [`xoxd-${letters(60)}%2B${letters(40)}`, "<redacted:slack-token>"],
  [`${letters(52)}JQQJ99${letters(18)}ACOG${letters(4)}`, "<redacted:azure-key>"],
  [`${letters(52)}JQQJ99${letters(18)}AZDO${letters(4)}`, "<redacted:azure-key>"],
  [
    `https://api.telegram.org/bot${digits(10)}:AA${letters(33)}/getMe`,
    "https://api.telegram.org/bot<redacted:telegram-token>/getMe",
  ],
  [`redis://:${letters(16)}@cache.test:6379`, "redis://:<redacted:url-password>@cache.test:6379"],
  [`postgres://app:${letters(16)}@db.test/app`, "postgres://app:<redacted:url-password>@db.test/app"],
  [`Basic ${Buffer.from("ana:open-sesame-1").toString("base64")}`, "Basic <redacted:basic-auth>"],
  [`dop_v1_${hex(64)}`, "<redacted:digitalocean-token>"],
  [`shpat_${hex(32)}`, "<redacted:shopify-token>"],
  [`lin_api_${letters(40)}`, "<redacted:linear-key>"],
  [`ntn_${digits(11)}${letters(35)}`, "<redacted:notion-token>"],
  [`figd_${letters(40)}`, "<redacted:figma-token>"],
  [`hvs.${letters(95)}`, "<redacted:vault-token>"],
  [`dckr_pat_${letters(27)}`, "<redacted:docker-token>"],
  [`tskey-auth-${letters(17)}-${letters(32)}`, "<redacted:tailscale-key>"],
  [`glsa_${letters(32)}_${hex(8)}`, "<redacted:grafana-token>"],
  [`PMAK-${hex(24)}-${hex(34)}`, "<redacted:postman-key>"],
  [`${letters(14)}.atlasv1.${letters(64)}`, "<redacted:terraform-token>"],
];

test.each(SHAPES)("%s is recognized by its shape", (secret, left) => {
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
  "redis://:${REDIS_PASSWORD}@cache.test",
  "tgp_v1_your_key_goes_here",
  "the bot said: /bot12345:help",
  "Basic access authentication of the web",
  "key-value stores and re_exported names of vc_modules",
  "https://x.test/?sort_key=created_at_desc&object_key=folder/file-0001.txt&upload_id=abcdef-123456",
])("%s is no secret", (text) => {
  const request = requestOf({ body: { text } });
  expect(redactorOf().redactRequest(request)).toBe(request);
});
