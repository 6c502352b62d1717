import { ChatDecoder } from "./decoders/chat.ts";
import { endpoint } from "./endpoint.ts";
import { OVERLOADED_MESSAGE, openAIErrorBody, openAIOverloadedEvent, sse } from "./error-bodies.ts";
import { messagesEndpoints, openAIEndpoints } from "./openai-endpoints.ts";
import type { ProviderEndpoint, ProviderProfile } from "./profile.ts";
import { CHAT_IDS, MESSAGES_IDS, OPENAI_BODY, RESPONSES_IDS, SDK_HEADERS } from "./varying.ts";

/** The own fields of a provider with an API like OpenAI's. */
type Own = Pick<ProviderProfile, "name" | "hosts" | "keyVariables"> & Partial<ProviderProfile>;

const VARIES = {
  headers: SDK_HEADERS,
  body: OPENAI_BODY,
  ids: [...CHAT_IDS, ...RESPONSES_IDS, ...MESSAGES_IDS],
};

function openAILike(own: Own): ProviderProfile {
  return {
    endpoints: [],
    varies: VARIES,
    secrets: {},
    errorBody: openAIErrorBody,
    overloadedEvent: openAIOverloadedEvent,
    ...own,
  };
}

/** Groq: OpenAI's API; an error inside a stream is an event named `error`. */
export const groq = openAILike({
  name: "groq",
  hosts: ["api.groq.com"],
  endpoints: openAIEndpoints("/openai/v1"),
  keyVariables: ["GROQ_API_KEY"],
  secrets: {
    headers: ["x-groq-organization"],
    patterns: [{ type: "groq-key", pattern: /gsk_[A-Za-z0-9]{52}/g }],
  },
  overloadedEvent(api, seq) {
    if (api !== "chat") return openAIOverloadedEvent(api, seq);
    const type = "internal_server_error";
    return sse(
      { error: { message: OVERLOADED_MESSAGE, type, code: "over_capacity", status_code: 503 } },
      "error",
    );
  },
});

/** DeepSeek: OpenAI's API with `reasoning_content` and keep-alive comments under load, and Anthropic's API. */
export const deepseek = openAILike({
  name: "deepseek",
  hosts: ["api.deepseek.com"],
  endpoints: [...openAIEndpoints("(?:/v1|/beta)?"), ...messagesEndpoints("/anthropic/v1")],
  keyVariables: ["DEEPSEEK_API_KEY"],
  secrets: { patterns: [{ type: "deepseek-key", pattern: /sk-[0-9a-f]{32}/g }] },
});

/** xAI: the APIs of OpenAI and Anthropic, with whole tool calls in one chunk. */
export const xai = openAILike({
  name: "x_ai",
  hosts: ["api.x.ai", ".api.x.ai"],
  endpoints: [...openAIEndpoints("/v1"), ...messagesEndpoints("/v1")],
  keyVariables: ["XAI_API_KEY"],
  varies: { ...VARIES, headers: [...SDK_HEADERS, "x-grok-conv-id"] },
  secrets: { patterns: [{ type: "xai-key", pattern: /xai-[A-Za-z0-9]{80}/g }] },
  errorBody: ({ type, message }) => ({ code: type, error: message }),
});

/** Perplexity: OpenAI's API with CRLF, the whole message beside each delta, and no end marker. */
export const perplexity = openAILike({
  name: "perplexity",
  hosts: ["api.perplexity.ai"],
  endpoints: [
    ...openAIEndpoints("(?:/v1)?", { hasTerminator: false }),
    endpoint("chat", "/v1/sonar", { decoder: () => new ChatDecoder({ hasTerminator: false }) }),
    endpoint("search", "/search"),
    endpoint("async", "/(?:v1/)?async/.+"),
  ],
  keyVariables: ["PERPLEXITY_API_KEY", "PPLX_API_KEY"],
  secrets: { patterns: [{ type: "perplexity-key", pattern: /pplx-[A-Za-z0-9]{48}/g }] },
});

/** OpenRouter: the APIs of OpenAI and Anthropic, with its own comments, reasoning details and errors. */
export const openrouter = openAILike({
  name: "openrouter",
  hosts: ["openrouter.ai", ".openrouter.ai"],
  endpoints: [
    ...openAIEndpoints("/api/(?:alpha|beta|v1)"),
    ...messagesEndpoints("/api/v1"),
    endpoint("generation", "/api/v1/(?:generation|key|credits)"),
  ],
  keyVariables: ["OPENROUTER_API_KEY"],
  varies: {
    ...VARIES,
    headers: [...SDK_HEADERS, "http-referer", "x-title"],
    body: [...OPENAI_BODY, "user"],
  },
  secrets: { patterns: [{ type: "openrouter-key", pattern: /sk-or-v1-[0-9a-f]{64}/g }] },
  errorBody: ({ status, type, message }) => ({
    error: { code: status, message, metadata: { error_type: type } },
  }),
  overloadedEvent(api, seq) {
    if (api !== "chat") return openAIOverloadedEvent(api, seq);
    return sse({
      object: "chat.completion.chunk",
      error: { code: 502, message: OVERLOADED_MESSAGE },
      choices: [{ index: 0, delta: { content: "" }, finish_reason: "error" }],
    });
  },
});

/** Many of them omit `[DONE]`. */
const LENIENT = { terminatorOptional: true };
const chat = () => new ChatDecoder(LENIENT);

/** Chat completions below any path, because gateways omit `/v1`; OpenAI's other paths below `/v1`. */
const ANYWHERE: readonly ProviderEndpoint[] = [
  endpoint("chat", "(?:/.*)?/chat/completions", { anyHost: true, decoder: chat }),
  ...openAIEndpoints("(?:/.*)?/v1", { ...LENIENT, anyHost: true }),
  ...messagesEndpoints("(?:/.*)?/v1"),
];

function compatible(
  name: string,
  hosts: ProviderProfile["hosts"],
  keyVariables: readonly string[],
  { endpoints = [], ...own }: Partial<ProviderProfile> = {},
): ProviderProfile {
  return openAILike({ name, hosts, keyVariables, ...own, endpoints: [...endpoints, ...ANYWHERE] });
}

/** OpenAI's paths on an unknown host: vLLM, llama.cpp, LiteLLM, LM Studio, gateways. */
export const openAICompatible = compatible("openai-compatible", [], []);

const FIREWORKS_KEY = { type: "fireworks-key", pattern: /fw_[A-Za-z0-9]{22,}/g };
const HUGGINGFACE_TOKEN = { type: "huggingface-token", pattern: /hf_[A-Za-z0-9]{34}/g };
const HUGGINGFACE_HOSTS = [
  "router.huggingface.co",
  "api-inference.huggingface.co",
  ".endpoints.huggingface.cloud",
];
const DATABRICKS_HOSTS = [".cloud.databricks.com", ".azuredatabricks.net", ".gcp.databricks.com"];

/** Known hosts with an OpenAI-compatible API, and the variables of their keys. */
export const compatibleHosts: readonly ProviderProfile[] = [
  compatible(
    "together",
    ["api.together.xyz", "api.together.ai"],
    ["TOGETHER_API_KEY", "TOGETHER_AI_API_KEY"],
  ),
  compatible("fireworks", ["api.fireworks.ai"], ["FIREWORKS_API_KEY"], {
    secrets: { patterns: [FIREWORKS_KEY] },
  }),
  compatible("huggingface", HUGGINGFACE_HOSTS, ["HF_TOKEN", "HUGGINGFACE_API_KEY"], {
    secrets: { patterns: [HUGGINGFACE_TOKEN] },
  }),
  compatible("writer", ["api.writer.com"], ["WRITER_API_KEY"], {
    endpoints: [endpoint("chat", "/v1/chat", { decoder: chat })],
  }),
  compatible("snowflake", [".snowflakecomputing.com"], ["SNOWFLAKE_TOKEN"]),
  compatible("alibaba", [/^dashscope(?:-[a-z]+)?\.aliyuncs\.com$/], ["DASHSCOPE_API_KEY", "ALIBABA_API_KEY"]),
  compatible("moonshotai", ["api.moonshot.ai", "api.moonshot.cn"], ["MOONSHOT_API_KEY"]),
  compatible("cerebras", ["api.cerebras.ai"], ["CEREBRAS_API_KEY"]),
  compatible("sambanova", ["api.sambanova.ai"], ["SAMBANOVA_API_KEY"]),
  compatible("deepinfra", ["api.deepinfra.com"], ["DEEPINFRA_API_KEY"]),
  compatible("nvidia", ["integrate.api.nvidia.com"], ["NVIDIA_API_KEY"]),
  compatible("nebius", [".nebius.com"], ["NEBIUS_API_KEY"]),
  compatible("novita", ["api.novita.ai"], ["NOVITA_API_KEY"]),
  compatible("baseten", ["inference.baseten.co"], ["BASETEN_API_KEY"]),
  compatible("zai", ["api.z.ai", "open.bigmodel.cn"], ["ZAI_API_KEY", "ZHIPU_API_KEY"]),
  compatible("minimax", ["api.minimax.io", "api.minimaxi.com"], ["MINIMAX_API_KEY"]),
  compatible("github", ["models.github.ai"], ["GITHUB_MODELS_TOKEN"]),
  compatible("github-copilot", ["api.githubcopilot.com", ".githubcopilot.com"], ["GITHUB_COPILOT_TOKEN"], {
    endpoints: openAIEndpoints("", LENIENT),
  }),
  compatible("vercel-gateway", ["ai-gateway.vercel.sh"], ["AI_GATEWAY_API_KEY"]),
  compatible("cloudflare", ["gateway.ai.cloudflare.com", "api.cloudflare.com"], ["CLOUDFLARE_API_TOKEN"]),
  compatible("databricks", DATABRICKS_HOSTS, ["DATABRICKS_TOKEN"], {
    endpoints: [endpoint("chat", "/serving-endpoints/[^/]+/invocations", { decoder: chat })],
  }),
];
