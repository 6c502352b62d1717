/**
 * Made-up secrets of every known shape, and opaque ones that only the environment knows. They are put
 * together at run time, so that no file holds anything that looks like a key.
 */

const ALNUM = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const URL_SAFE = `${ALNUM}_-`;
const HEX = "0123456789abcdef";

let state = 20_26_11;

/** `length` characters, the same in every run; a digit, a capital and a small letter among the first. */
function some(length: number, alphabet = ALNUM): string {
  let text = alphabet === HEX ? "a1" : "aZ7";
  while (text.length < length) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    text += alphabet[(state >>> 8) % alphabet.length];
  }
  return text.slice(0, length);
}

export interface Canary {
  readonly name: string;
  readonly secret: string;
  /** Only the environment tells that it is one. */
  readonly variable?: string;
}

const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

const shapes: Readonly<Record<string, string>> = {
  "openai legacy": `sk-${some(20)}T3BlbkFJ${some(20)}`,
  "openai project": `sk-proj-${some(74, URL_SAFE)}T3BlbkFJ${some(74, URL_SAFE)}`,
  "openai service account": `sk-svcacct-${some(58, URL_SAFE)}T3BlbkFJ${some(58, URL_SAFE)}`,
  "openai admin": `sk-admin-${some(58, URL_SAFE)}T3BlbkFJ${some(58, URL_SAFE)}`,
  "openai ephemeral": `ek_${some(32, HEX)}`,
  "openai session": `sess-${some(40)}`,
  "anthropic key": `sk-ant-api03-${some(93, URL_SAFE)}AA`,
  "anthropic admin": `sk-ant-admin01-${some(93, URL_SAFE)}AA`,
  "anthropic oauth": `sk-ant-oat01-${some(93, URL_SAFE)}AA`,
  openrouter: `sk-or-v1-${some(64, HEX)}`,
  deepseek: `sk-${some(32, HEX)}`,
  "google key": `AIza${some(35, URL_SAFE)}`,
  "google express key": `AQ.${some(50, URL_SAFE)}`,
  "google token": `ya29.${some(120, URL_SAFE)}`,
  "google client secret": `GOCSPX-${some(28, URL_SAFE)}`,
  "aws key id": `AKIA${some(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567").toUpperCase()}`,
  "aws temporary key id": `ASIA${some(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567").toUpperCase()}`,
  "aws session token": `IQoJb3JpZ2lu${some(300)}`,
  "bedrock key": `ABSK${some(128)}`,
  groq: `gsk_${some(52)}`,
  xai: `xai-${some(80)}`,
  huggingface: `hf_${some(34)}`,
  perplexity: `pplx-${some(48)}`,
  replicate: `r8_${some(37)}`,
  fireworks: `fw_${some(24)}`,
  github: `ghp_${some(36)}`,
  "github fine-grained": `github_pat_${some(22)}_${some(59)}`,
  gitlab: `glpat-${some(20)}`,
  slack: `xoxb-${some(12, "0123456789").replace(/\D/g, "1")}-${some(24)}`,
  stripe: `sk_live_${some(24)}`,
  npm: `npm_${some(36)}`,
  nvidia: `nvapi-${some(64, URL_SAFE)}`,
  databricks: `dapi${some(32, HEX)}`,
  jwt: `${base64url({ alg: "HS256", typ: "JWT" })}.${base64url({ sub: "1", name: "A" })}.${some(43, URL_SAFE)}`,
};

const opaque: Readonly<Record<string, string>> = {
  COHERE_API_KEY: some(40),
  MISTRAL_API_KEY: some(32),
  AZURE_OPENAI_API_KEY: some(32, HEX),
  AWS_SECRET_ACCESS_KEY: `${some(12)}/${some(13)}+${some(13)}`,
  DB_PASSWORD: `pa"ss\\wo/rd ${some(8)}`,
  SIGNING_SECRET: `größe-${some(14)}-ключ`,
};

/** Forty of them. */
export const CANARIES: readonly Canary[] = [
  ...Object.entries(shapes).map(([name, secret]) => ({ name, secret })),
  ...Object.entries(opaque).map(([variable, secret]) => ({ name: variable, secret, variable })),
];

/** An environment that holds the opaque ones, as that of the machine that records does. */
export const CANARY_ENV: Readonly<Record<string, string>> = opaque;

export const PRIVATE_KEY = [
  "-----BEGIN PRIVATE KEY-----",
  ...Array.from({ length: 4 }, () => some(64)),
  some(22),
  "-----END PRIVATE KEY-----",
  "",
].join("\n");
