import { Buffer } from "node:buffer";

/** How secrets of one kind look. */
export interface Shape {
  /** Names it in the placeholder: `openai-key`. */
  readonly type: string;
  /** The whole match is the secret, or its group `secret`. Bounded, so that no text makes it slow. */
  readonly pattern: RegExp;
  /** The texts with one of which every match begins, if they are known. */
  readonly starts?: readonly string[];
  /** Whether what matched is a secret. */
  readonly accept?: (secret: string) => boolean;
  /** Set if the secret may be longer than any key (tokens that hold data). */
  readonly long?: boolean;
  /** Set if other texts may look like this, so that the user may allow it by its shape or its place. */
  readonly unsure?: boolean;
  /** A text in the middle of every match, and how many characters stand before it. */
  readonly anchor?: { readonly text: string; readonly before: number };
}

/** Whether letters and digits are mixed as in no word: in a long run, or with capitals over a length that no name has. */
export function looksRandom(text: string): boolean {
  const body = text.slice(3);
  if (!/\d/.test(body) || !/[A-Za-z]/.test(body)) return false;
  return /[A-Za-z0-9]{16}/.test(body) || (body.length >= 40 && /[a-z]/.test(body) && /[A-Z]/.test(body));
}

/** Credentials are no words: they have a digit, or capitals inside. */
const looksOpaque = (text: string): boolean =>
  /\d/.test(text) || (text.length >= 24 && /[a-z][A-Z]/.test(text));

const holdsUserAndPassword = (text: string): boolean =>
  /^[\x20-\x7e]*:[\x20-\x7e]+$/.test(Buffer.from(text, "base64").toString("latin1"));

/** A kind of key: how it begins, what follows, and what else is to be said of it. */
type Row = readonly [type: string, starts: string, rest: string, more?: Partial<Shape>];

const BEARER = String.raw`\s{1,4}(?<secret>[A-Za-z0-9._~+/=-]{15,4095}[A-Za-z0-9_~+/=-])`;
const COLON = "(?::|%3[Aa])";

/** Nobody's in particular, or more than a few letters and digits. Keys of known model providers are in their profiles. */
const ROWS: readonly Row[] = [
  [
    "private-key",
    "-----BEGIN ",
    // The body takes no second hyphen in a row, so that a search ends at the next dashed line at the latest.
    String.raw`[A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----(?:\s|\\[nr]){0,8}(?:[A-Za-z0-9+/=\s:,.\\]|-(?!-)){40,30000}(?:-----END [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----)?`,
    { accept: (text) => /[A-Za-z0-9+/]{32}/.test(text), long: true },
  ],
  [
    "jwt",
    "eyJ",
    String.raw`(?<![A-Za-z0-9_-]eyJ)[A-Za-z0-9_-]{8}[A-Za-z0-9_-]*\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]{8,}){1,3}`,
    { long: true },
  ],
  ["bearer-token", "Bearer", BEARER, { accept: looksOpaque, long: true, unsure: true }],
  ["bearer-token", "bearer", BEARER, { accept: looksOpaque, long: true, unsure: true }],
  [
    "basic-auth",
    "Basic",
    String.raw`\s{1,4}(?<secret>[A-Za-z0-9+/]{8,400}={0,2})`,
    { accept: holdsUserAndPassword, unsure: true },
  ],
  ["aws-session-token", "IQoJb3JpZ2lu|FwoGZXIvYXdz", "[A-Za-z0-9+/=]{60,4096}", { long: true }],
  ["aws-bedrock-key", "bedrock-api-key-", "[A-Za-z0-9+/=]{40,4096}", { long: true }],
  [
    "aws-account",
    "arn:|arn%3a|arn%3A",
    String.raw`aws[a-z-]{0,10}${COLON}[a-z0-9-]{1,40}${COLON}[a-z0-9-]{0,30}${COLON}(?<secret>\d{12})(?!\d)`,
    { unsure: true },
  ],
  ["google-project-number", "projects/", String.raw`(?<secret>\d{9,15})(?!\d)`, { unsure: true }],
  [
    "url-password",
    "://",
    String.raw`[^\s:/@"'<>\\]{0,100}:(?<secret>[^\s/@"'<>\\]{4,200})@[A-Za-z0-9]`,
    { accept: (text) => !/^(?:\$\{.*\}|\{.*\}|%[A-Z_]+%|\$[A-Z_]+)$/.test(text), unsure: true },
  ],
  [
    "webhook-url",
    "hooks.slack.com/|discord.com/api/|discordapp.com/api/",
    "(?:services|workflows|triggers|webhooks)/(?<secret>[A-Za-z0-9_/-]{20,200})",
    {},
  ],
  ["webhook-url", "webhook.office.com/", "webhookb2/(?<secret>[A-Za-z0-9@/_-]{60,300})", {}],
  ["azure-storage-key", "AccountKey=", "(?<secret>[A-Za-z0-9+/]{86}==)", {}],
  [
    "azure-key",
    "",
    "[A-Za-z0-9]{52}JQQJ9[A-Za-z0-9]{27}(?![A-Za-z0-9])",
    { anchor: { text: "JQQJ9", before: 52 } },
  ],
  [
    "azure-key",
    "",
    "[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}(?![A-Za-z0-9])",
    { anchor: { text: "AZDO", before: 76 } },
  ],
  [
    "azure-client-secret",
    "",
    "[A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}(?![A-Za-z0-9_~.-])",
    { anchor: { text: "Q~", before: 4 } },
  ],
  ["telegram-token", ":AA", String.raw`(?<=\d{6}:AA)[A-Za-z0-9_-]{33}(?![A-Za-z0-9_-])`, {}],
  [
    "terraform-token",
    "",
    String.raw`[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,70}`,
    { anchor: { text: ".atlasv1.", before: 14 } },
  ],
  [
    // Only the name before it tells, as in a file of credentials.
    "aws-secret-access-key",
    "secret_access_key|SECRET_ACCESS_KEY|ecretAccessKey|ECRETACCESSKEY",
    String.raw`["']?\s{0,3}[=:]\s{0,3}["']?(?<secret>[A-Za-z0-9+/]{40})(?![A-Za-z0-9+/=])`,
    { accept: (text) => /\d/.test(text) },
  ],
  // Those that say by themselves whose they are.
  ["google-key", "AQ.", "[A-Za-z0-9_-]{40,120}"],
  ["google-refresh-token", "1//0", "[A-Za-z0-9_-]{40,200}"],
  ["google-client-secret", "GOCSPX-", "[A-Za-z0-9_-]{20,40}"],
  ["aws-access-key-id", "AGPA|AIDA|AROA|AIPA|ANPA|ANVA", "[A-Z0-9]{16}(?![A-Z0-9])"],
  ["alibaba-key", "LTAI", "[A-Za-z0-9]{20}(?![A-Za-z0-9])"],
  ["digitalocean-token", "dop_v1_|doo_v1_|dor_v1_", "[0-9a-f]{64}"],
  ["cloudflare-token", "cfk_|cfut_|cfat_", "[A-Za-z0-9]{48}"],
  ["vercel-token", "vcp_|vci_|vcc_|vck_|vcr_|vca_", "[A-Za-z0-9]{20,80}"],
  ["netlify-token", "nfp_", "[A-Za-z0-9]{36}"],
  ["flyio-token", "fm1|fm2", "[ar]?_[A-Za-z0-9+/]{100,1000}={0,3}"],
  ["render-key", "rnd_", "[A-Za-z0-9]{24,48}"],
  ["heroku-key", "HRKU-AA", "[A-Za-z0-9_-]{50,80}"],
  ["github-token", "ghp_|gho_|ghu_|ghs_|ghr_", "[A-Za-z0-9_]{36,251}"],
  [
    "github-token",
    "ghs_",
    String.raw`[0-9]{1,20}_[A-Za-z0-9_-]{10,1000}\.[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{10,1000}`,
  ],
  ["github-token", "github_pat_", "[A-Za-z0-9_]{22,251}"],
  [
    "gitlab-token",
    "glpat-|glptt-|gldt-|glrt-|glcbt-|glft-|glimt-|glagent-|gloas-|glsoat-|glffct-",
    "[A-Za-z0-9_-]{20,128}",
  ],
  ["gitlab-token", "GR1348941", "[A-Za-z0-9_-]{20,60}"],
  ["atlassian-token", "ATATT3", "[A-Za-z0-9_=-]{60,250}"],
  ["docker-token", "dckr_pat_", "[A-Za-z0-9_-]{20,40}"],
  ["npm-token", "npm_", "[A-Za-z0-9_]{36}"],
  ["pypi-token", "pypi-AgE", "[A-Za-z0-9_-]{50,250}"],
  ["rubygems-key", "rubygems_", "[0-9a-f]{48}"],
  ["clojars-token", "CLOJARS_", "[A-Za-z0-9]{60}"],
  ["artifactory-key", "AKCp", "[A-Za-z0-9]{60,80}"],
  ["nuget-key", "oy2", "[a-z0-9]{43}(?![a-z0-9])"],
  ["slack-token", "xoxa-|xoxb-|xoxc-|xoxd-|xoxe-|xoxo-|xoxp-|xoxr-|xoxs-", "[A-Za-z0-9%_.-]{10,300}"],
  ["slack-token", "xapp-", "[0-9]-[A-Z0-9]{8,20}-[0-9]{8,20}-[0-9a-f]{32,128}"],
  ["slack-token", "xapp-", "(?:[0-9]-)?(?:[A-Za-z0-9]{1,40}-){1,6}[A-Za-z0-9]{1,40}"],
  ["telegram-token", "/bot", String.raw`(?<secret>\d{5,16}:[A-Za-z0-9_-]{30,50})`],
  ["stripe-key", "sk_live_|sk_test_|rk_live_|rk_test_|whsec_", "[A-Za-z0-9]{20,200}"],
  ["square-token", "sq0atp-|sq0csp-|EAAAE", "[A-Za-z0-9_-]{22,80}"],
  ["shopify-token", "shpat_|shpca_|shppa_|shpss_", "[A-Za-z0-9]{32,64}"],
  ["twilio-key", "SK", "[0-9a-f]{32}(?![0-9a-f])"],
  ["mailgun-key", "key-", "[0-9a-f]{32}(?![0-9a-f])"],
  ["sendgrid-key", "SG.", String.raw`[A-Za-z0-9_-]{16,128}\.[A-Za-z0-9_-]{16,128}`],
  ["brevo-key", "xkeysib-", "[0-9a-f]{64}-[A-Za-z0-9]{16}"],
  ["resend-key", "re_", "[A-Za-z0-9]{8,12}_[A-Za-z0-9]{20,40}"],
  ["shippo-token", "shippo_live_|shippo_test_", "[0-9a-f]{40}"],
  ["duffel-token", "duffel_live_|duffel_test_", "[A-Za-z0-9_=-]{40,60}"],
  ["easypost-key", "EZAK|EZTK", "[A-Za-z0-9]{54}"],
  ["flutterwave-key", "FLWSECK", "(?:_TEST)?-[A-Za-z0-9]{12,64}"],
  ["grafana-token", "glc_", "[A-Za-z0-9+/]{32,400}={0,2}"],
  ["grafana-token", "glsa_", "[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}"],
  ["dynatrace-token", "dt0", String.raw`[a-z]\d\d\.[A-Z0-9]{24}\.[A-Z0-9]{64}`],
  ["newrelic-key", "NRAK-|NRJS-|NRII-|NRIQ-|NRRA-|NRSP-", "[A-Za-z0-9_-]{19,64}"],
  ["sentry-token", "sntrys_|sntryu_", "[A-Za-z0-9+/=_-]{50,400}"],
  ["sonar-token", "squ_|sqp_|sqa_", "[0-9a-f]{40}"],
  ["posthog-key", "phc_|phx_", "[A-Za-z0-9]{40,60}"],
  ["launchdarkly-key", "sdk-", "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"],
  ["vault-token", "hvs.|hvb.|hvr.", "[A-Za-z0-9_-]{24,300}"],
  ["doppler-token", "dp.pt.|dp.st.|dp.ct.|dp.sa.|dp.scim.|dp.audit.", "[A-Za-z0-9._-]{30,80}"],
  ["onepassword-token", "ops_ey", "[A-Za-z0-9+/=_-]{100,1500}"],
  ["age-key", "AGE-SECRET-KEY-1", "[A-Z0-9]{58}"],
  ["pulumi-token", "pul-", "[0-9a-f]{40}"],
  ["planetscale-token", "pscale_tkn_|pscale_pw_|pscale_oauth_", "[A-Za-z0-9_.=-]{30,70}"],
  ["supabase-key", "sbp_|sb_secret_", "[A-Za-z0-9_-]{20,60}"],
  ["linear-key", "lin_api_|lin_oauth_", "[A-Za-z0-9_]{32,128}"],
  ["notion-token", "ntn_|secret_", "[A-Za-z0-9]{40,60}(?![A-Za-z0-9])"],
  ["figma-token", "figd_", "[A-Za-z0-9_-]{40,200}"],
  ["airtable-token", "pat", String.raw`[A-Za-z0-9]{14}\.[0-9a-f]{64}`],
  ["postman-key", "PMAK-", "[0-9a-f]{24}-[0-9a-f]{34}"],
  ["readme-key", "rdme_", "[a-z0-9]{70}"],
  ["typeform-token", "tfp_", "[A-Za-z0-9_.=-]{40,80}"],
  ["mapbox-token", "sk.eyJ|pk.eyJ|tk.eyJ", String.raw`[A-Za-z0-9_-]{30,120}\.[A-Za-z0-9_-]{20,30}`],
  ["tailscale-key", "tskey-", "[a-z]{2,20}-[0-9A-Za-z_]{8,40}-[0-9A-Za-z_]{16,60}"],
  ["adobe-secret", "p8e-", "[A-Za-z0-9]{32}"],
  ["facebook-token", "EAA", "[A-Za-z]{1,3}[A-Za-z0-9]{80,300}"],
  ["sourcegraph-token", "sgp_", "[A-Za-z0-9_]{40,80}"],
  ["prefect-key", "pnu_|pnb_", "[A-Za-z0-9]{36}"],
  ["elevenlabs-key", "sk_", "[0-9a-f]{48}(?![0-9a-f])"],
  ["cerebras-key", "csk-", "[a-z0-9]{48}(?![a-z0-9])"],
  ["tavily-key", "tvly-", "(?:dev-|prod-)?[A-Za-z0-9]{20,60}"],
  ["langfuse-key", "sk-lf-", "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"],
  ["langsmith-key", "lsv2_pt_|lsv2_sk_", "[0-9a-f]{32}_[0-9a-f]{10}"],
  ["nvidia-key", "nvapi-", "[A-Za-z0-9_-]{50,120}"],
  ["together-key", "tgp_v1_", "[A-Za-z0-9_-]{30,80}"],
  ["voyage-key", "pa-|al-", "[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])"],
  ["jina-key", "jina_", "[A-Za-z0-9_-]{50,80}"],
  ["pinecone-key", "pcsk_", "[A-Za-z0-9_]{50,90}"],
  ["firecrawl-key", "fc-", "[0-9a-f]{32}(?![0-9a-f])"],
  ["databricks-token", "dapi", "[0-9a-f]{32}"],
  ["huggingface-token", "api_org_", "[A-Za-z]{34}", {}],
  ["openai-session", "sess-", "[A-Za-z0-9]{40}"],
  // The form that most services took over from OpenAI: DeepSeek, Moonshot, LiteLLM, gateways.
  ["openai-key", "sk-", "(?:proj|svcacct|admin)-[A-Za-z0-9_-]{20,300}", { accept: looksOpaque }],
  ["api-key", "sk-", "[A-Za-z0-9_-]{20,300}", { accept: looksRandom, unsure: true }],
];

/** Keys of a vendor have letters and digits. */
const VENDOR: Partial<Shape> = { accept: (secret) => /[A-Za-z]/.test(secret) && /\d/.test(secret) };

export const SHAPES: readonly Shape[] = ROWS.map(([type, starts, rest, more = VENDOR]) => {
  let pattern: RegExp | undefined;
  return {
    type,
    starts: starts.split("|"),
    ...more,
    // Not made before a text holds its beginning.
    get pattern() {
      pattern ??= new RegExp(`(?:${starts.replace(/[./]/g, "\\$&")})${rest}`);
      return pattern;
    },
  };
});

/**
 * Whether `secret` is a dummy that people write in place of a key: `sk-xxxxxxxx`, `AIza****`, `sk-proj-...`. If lines
 * were put together, text from behind the dummy may have been taken for a part of it.
 */
export function isDummy(secret: string): boolean {
  const body = secret.replace(/^.*?[-_.=/:]/, "");
  const core = (body.length < 8 ? secret : body).replace(/[-_.]/g, "");
  return new Set(core.slice(-24)).size <= 2 || /^.{0,15}?(.)\1{19}/s.test(core);
}

/** The texts with one of which every match of `pattern` begins; `undefined` if they cannot be told. */
export function startsOf(pattern: RegExp): readonly string[] | undefined {
  const { source, flags } = pattern;
  // A choice that is not within brackets has several beginnings.
  const outside = source.replace(/\\.|\[(?:\\.|[^\]])*\]/g, "").replace(/\([^()]*\)/g, "");
  if (flags.includes("i") || outside.includes("|")) return undefined;
  const [, choice, literal = "", next = ""] =
    /^(?:\(\?:([\w|-]+)\)(?![?*+{]))?([\w-]*)(.?)/s.exec(source) ?? [];
  // What is repeated may be missing.
  const rest = /[?*+{]/.test(next) ? literal.slice(0, -1) : literal;
  const starts = (choice?.split("|") ?? [""]).map((start) => start + rest);
  return starts.every(({ length }) => length >= 2) ? starts : undefined;
}
