/** A shape of secrets that are told by how they look, wherever they stand. */
export interface SecretPattern {
  /** Names it in the placeholder: `openai-key`. */
  readonly type: string;
  /** The whole match is the secret, or its group `secret`. Bounded, so that no text makes it slow. */
  readonly pattern: RegExp;
  /** Asked about what matched; `false`: it is none. */
  readonly accept?: (secret: string) => boolean;
  /** Set where the secret may be longer than any key (tokens that hold data). */
  readonly long?: boolean;
}

/** Letters and digits mixed as in no word: in a long run, or with capitals over a length that no name has. */
const looksRandom = (text: string): boolean => {
  const body = text.slice(3);
  if (!/\d/.test(body) || !/[A-Za-z]/.test(body)) return false;
  return /[A-Za-z0-9]{16}/.test(body) || (body.length >= 40 && /[a-z]/.test(body) && /[A-Z]/.test(body));
};

/** Credentials are not words: a digit, or capitals inside. */
const looksOpaque = (text: string): boolean =>
  /\d/.test(text) || (text.length >= 24 && /[a-z][A-Z]/.test(text));

/**
 * Shapes that belong to no single provider of models, and those of keys of so many that no profile could
 * name them. Keys of known providers are in their profiles.
 */
export const COMMON_PATTERNS: readonly SecretPattern[] = [
  {
    type: "private-key",
    // The body takes no second hyphen in a row, so that a search ends at the next dashed line at the latest.
    pattern:
      /-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----(?:\s|\\[nr]){0,8}(?:[A-Za-z0-9+/=\s:,.\\]|-(?!-)){40,30000}(?:-----END [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----)?/,
    accept: (text) => /[A-Za-z0-9+/]{32}/.test(text),
    long: true,
  },
  {
    type: "jwt",
    pattern:
      /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8}[A-Za-z0-9_-]*\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]{8,}){1,3}/,
    long: true,
  },
  {
    type: "bearer-token",
    pattern: /Bearer\s{1,4}(?<secret>[A-Za-z0-9._~+/=-]{15,4095}[A-Za-z0-9_~+/=-])/,
    accept: looksOpaque,
    long: true,
  },
  {
    type: "bearer-token",
    pattern: /bearer\s{1,4}(?<secret>[A-Za-z0-9._~+/=-]{15,4095}[A-Za-z0-9_~+/=-])/,
    accept: looksOpaque,
    long: true,
  },
  { type: "aws-session-token", pattern: /(?:IQoJb3JpZ2lu|FwoGZXIvYXdz)[A-Za-z0-9+/=]{60,4096}/, long: true },
  { type: "aws-bedrock-key", pattern: /bedrock-api-key-[A-Za-z0-9+/=]{40,4096}/, long: true },
  {
    type: "aws-account",
    pattern:
      /arn(?::|%3[Aa])aws[a-z-]{0,10}(?::|%3[Aa])[a-z0-9-]{1,40}(?::|%3[Aa])[a-z0-9-]{0,30}(?::|%3[Aa])(?<secret>\d{12})(?!\d)/,
  },
  { type: "google-project-number", pattern: /projects\/(?<secret>\d{9,15})(?!\d)/ },
  {
    type: "url-password",
    pattern: /:\/\/[^\s:/@"'<>\\]{1,100}:(?<secret>[^\s/@"'<>\\]{4,200})@[A-Za-z0-9]/,
  },
  { type: "google-key", pattern: /AQ\.[A-Za-z0-9_-]{40,120}/, accept: looksRandom },
  { type: "google-refresh-token", pattern: /1\/\/0[A-Za-z0-9_-]{40,200}/, accept: looksRandom },
  { type: "google-client-secret", pattern: /GOCSPX-[A-Za-z0-9_-]{20,40}/ },
  { type: "github-token", pattern: /gh[pousr]_[A-Za-z0-9]{36,251}/ },
  { type: "github-token", pattern: /github_pat_[A-Za-z0-9_]{22,251}/ },
  { type: "gitlab-token", pattern: /glpat-[A-Za-z0-9_-]{20,60}/ },
  { type: "slack-token", pattern: /xox[abeoprs]-[A-Za-z0-9-]{10,200}/, accept: (text) => /\d/.test(text) },
  { type: "slack-token", pattern: /xapp-[0-9]-[A-Z0-9]{8,20}-[0-9]{8,20}-[0-9a-f]{32,128}/ },
  {
    type: "webhook-url",
    pattern:
      /(?:hooks\.slack\.com\/|discord\.com\/api\/|discordapp\.com\/api\/)(?:services|workflows|triggers|webhooks)\/(?<secret>[A-Za-z0-9_/-]{20,200})/,
  },
  { type: "stripe-key", pattern: /(?:sk_live_|sk_test_|rk_live_|rk_test_|whsec_)[A-Za-z0-9]{20,200}/ },
  { type: "npm-token", pattern: /npm_[A-Za-z0-9]{36}/ },
  { type: "pypi-token", pattern: /pypi-AgE[A-Za-z0-9_-]{50,250}/ },
  { type: "twilio-key", pattern: /SK[0-9a-f]{32}(?![0-9a-f])/ },
  { type: "elevenlabs-key", pattern: /sk_[0-9a-f]{48}(?![0-9a-f])/ },
  { type: "cerebras-key", pattern: /csk-[a-z0-9]{48}(?![a-z0-9])/ },
  { type: "tavily-key", pattern: /tvly-(?:dev-|prod-)?[A-Za-z0-9]{20,60}/, accept: looksRandom },
  { type: "langfuse-key", pattern: /sk-lf-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/ },
  { type: "azure-storage-key", pattern: /AccountKey=(?<secret>[A-Za-z0-9+/]{86}==)/ },
  {
    // Of no shape but the name before it, as in a file of credentials.
    type: "aws-secret-access-key",
    pattern:
      /(?:secret_access_key|SECRET_ACCESS_KEY|ecretAccessKey|ECRETACCESSKEY)["']?\s{0,3}[=:]\s{0,3}["']?(?<secret>[A-Za-z0-9+/]{40})(?![A-Za-z0-9+/=])/,
    accept: (text) => /\d/.test(text),
  },
  { type: "nvidia-key", pattern: /nvapi-[A-Za-z0-9_-]{50,120}/ },
  { type: "langsmith-key", pattern: /(?:lsv2_pt_|lsv2_sk_)[0-9a-f]{32}_[0-9a-f]{10}/ },
  { type: "databricks-token", pattern: /dapi[0-9a-f]{32}/ },
  { type: "sendgrid-key", pattern: /SG\.[A-Za-z0-9_-]{20,24}\.[A-Za-z0-9_-]{40,48}/ },
  { type: "openai-key", pattern: /sk-(?:proj|svcacct|admin)-[A-Za-z0-9_-]{20,300}/, accept: looksOpaque },
  { type: "openai-session", pattern: /sess-[A-Za-z0-9]{40}/ },
  // The form that most services took over from OpenAI: DeepSeek, Moonshot, LiteLLM, gateways.
  { type: "api-key", pattern: /sk-[A-Za-z0-9_-]{20,300}/, accept: looksRandom },
];

/**
 * A dummy that people write where a key would be: `sk-xxxxxxxx`, `AIza****`, `sk-proj-...`. What stands behind it may
 * have been taken for a part of it, where lines were put together.
 */
export function isMask(secret: string): boolean {
  const body = secret.replace(/^.*?[-_.=/:]/, "");
  const core = (body.length < 8 ? secret : body).replace(/[-_.]/g, "");
  return new Set(core.slice(-24)).size <= 2 || /^.{0,15}?(.)\1{19}/s.test(core);
}

/**
 * The literal texts with one of which every match of `pattern` begins, or `undefined` where that cannot be
 * told. They let one pass over a text find the few places where the expression has to be tried.
 */
export function literalPrefixes(pattern: RegExp): readonly string[] | undefined {
  if (/[im]/.test(pattern.flags.replace("m", "")) || hasTopLevelChoice(pattern.source)) return undefined;
  let rest = pattern.source.replace(/^\\b/, "");
  const lookbehind = /^\(\?<[!=](?:\[(?:[^\]\\]|\\.)*\]|[^()[\]\\])*\)/.exec(rest);
  if (lookbehind !== null) rest = rest.slice(lookbehind[0].length);
  let prefixes = [""];
  for (;;) {
    const choice = /^\((?:\?:)?((?:[\w-]|\\[-./])+(?:\|(?:[\w-]|\\[-./])+)+)\)(?![?*{+])/.exec(rest);
    if (choice !== null) {
      const words = (choice[1] as string).replaceAll("\\", "").split("|");
      prefixes = prefixes.flatMap((prefix) => words.map((word) => prefix + word));
      rest = rest.slice(choice[0].length);
      continue;
    }
    const literal = /^(?:([\w =:-])|\\([-./+]))(?![?*{+])/.exec(rest);
    if (literal === null) break;
    prefixes = prefixes.map((prefix) => prefix + (literal[1] ?? literal[2]));
    rest = rest.slice(literal[0].length);
  }
  return prefixes.every((prefix) => prefix.length >= 2) ? prefixes : undefined;
}

function hasTopLevelChoice(source: string): boolean {
  const plain = source.replace(/\\./g, "").replace(/\[[^\]]*\]/g, "");
  let depth = 0;
  for (const char of plain) {
    if (char === "(") depth++;
    else if (char === ")") depth--;
    else if (char === "|" && depth === 0) return true;
  }
  return false;
}
