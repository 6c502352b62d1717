import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { redactorOf } from "./support.ts";

/** What of secretlint is used here. It is a development dependency; without it there is nothing to compare with. */
interface Secretlint {
  lintSource(given: {
    readonly source: Readonly<Record<"content" | "filePath" | "ext" | "contentType", string>>;
    readonly options: unknown;
  }): Promise<{
    readonly messages: readonly { readonly ruleId: string; readonly range: readonly [number, number] }[];
  }>;
}

const { resolve } = createRequire(import.meta.url);

async function load(name: string): Promise<unknown> {
  try {
    return await import(pathToFileURL(resolve(name)).href);
  } catch {
    // Not installed.
    return undefined;
  }
}

const core = (await load("@secretlint/core")) as Secretlint | undefined;
const preset = (await load("@secretlint/secretlint-rule-preset-recommend")) as
  | { readonly creator: unknown }
  | undefined;

const ALNUM = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
let state = 2026;

/** `length` characters, the same in every run. */
function some(length: number, alphabet = ALNUM): string {
  return Array.from({ length }, (_, at) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    // Each has a digit and a letter.
    const chars = at === 1 && alphabet === ALNUM ? "0123456789" : alphabet;
    return chars[(state >>> 8) % chars.length];
  }).join("");
}

const HEX = "0123456789abcdef";
const UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const LETTERS = ALNUM.slice(0, 52);
const URL_SAFE = `${ALNUM}_-`;

/** Keys by the rules that secretlint's preset has, generated at run time. */
const generated = (): readonly string[] => [
  ...["AKIA", "AGPA", "AIDA", "AROA", "AIPA", "ANPA", "ANVA", "ASIA"].map(
    (start) => `${start}${some(16, UPPER)}`,
  ),
  `AWS_SECRET_ACCESS_KEY=${some(40)}`,
  `npm_${some(36)}`,
  `xoxb-${some(12, "123456789")}-${some(24)}`,
  `xoxp-${some(12, "123456789")}-${some(12, "123456789")}-${some(32)}`,
  `xapp-1-${some(11, UPPER)}-${some(13, "123456789")}-${some(64, HEX)}`,
  `https://hooks.slack.com/services/T${some(9, UPPER)}/B${some(9, UPPER)}/${some(24)}`,
  `https://ana:${some(14)}@x.example.com/a`,
  `sk-proj-${some(74, URL_SAFE)}T3BlbkFJ${some(74, URL_SAFE)}`,
  `sk-${some(20)}T3BlbkFJ${some(20)}`,
  `sk-ant-api03-${some(93, URL_SAFE)}AA`,
  `gsk_${some(52)}`,
  `hf_${some(34, LETTERS)}`,
  `lin_api_${some(40)}`,
  `ntn_${some(11, "123456789")}${some(35)}`,
  `-----BEGIN RSA PRIVATE KEY-----\n${some(64)}\n${some(64)}\n${some(40)}==\n-----END RSA PRIVATE KEY-----`,
  `SG.${some(22)}.${some(43)}`,
  ...["shppa", "shpca", "shpat", "shpss"].map((start) => `${start}_${some(32, HEX)}`),
  ...["sk_live", "sk_test", "rk_live", "rk_test"].map((start) => `${start}_${some(24)}`),
  ...["ghp", "gho", "ghu", "ghs", "ghr"].map((start) => `${start}_${some(36)}`),
  `github_pat_${some(82)}`,
  `glpat-${some(20, URL_SAFE)}`,
  `glc_${some(60)}`,
  `glsa_${some(32)}_${some(8, HEX)}`,
  `ops_ey${some(200)}fQ`,
  `mongodb+srv://app:${some(16)}@db.example.com/app`,
  `mysql://app:${some(16)}@db.example.com/app`,
  `postgresql://app:${some(16)}@db.example.com/app`,
  `hvs.${some(95, URL_SAFE)}`,
  `hvb.${some(140, URL_SAFE)}`,
  `hvr.${some(95, URL_SAFE)}`,
  ...["vcp", "vci", "vca", "vcr", "vck"].map((start) => `${start}_${some(24)}`),
  `dapi${some(32, HEX)}`,
  `dckr_pat_${some(27, URL_SAFE)}`,
  `figd_${some(40, URL_SAFE)}`,
  ...["cfk", "cfut", "cfat"].map((start) => `${start}_${some(40)}${some(8, HEX)}`),
  `tskey-auth-${some(17)}-${some(32)}`,
];

test.skipIf(core === undefined || preset === undefined)(
  "every generated key that secretlint finds is found here (needs @secretlint/core and its preset)",
  async () => {
    const config = { rules: [{ id: "preset", rule: preset?.creator }] };
    const missed: string[] = [];
    let reported = 0;
    for (let round = 0; round < 5; round++) {
      for (const key of generated()) {
        const content = `the value is ${key} in this text\n`;
        const source = { content, filePath: "a.txt", ext: ".txt", contentType: "text" };
        const { messages } = (await core?.lintSource({ source, options: { config } })) ?? { messages: [] };
        if (messages.length === 0) continue;
        reported++;
        if (redactorOf().scan(content).length === 0)
          missed.push(`${messages[0]?.ruleId}: ${key.slice(0, 12)}`);
      }
    }
    expect(missed).toEqual([]);
    expect(reported).toBeGreaterThan(150);
  },
);

test("every generated key is found", () => {
  const missed = generated().filter(
    (key) => redactorOf().scan(`the value is ${key} in this text\n`).length === 0,
  );
  expect(missed.map((key) => key.slice(0, 16))).toEqual([]);
});
