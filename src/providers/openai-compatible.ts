import { ChatDecoder } from "./decoders/chat.ts";
import { endpoint } from "./endpoint.ts";
import { openAIErrorBody, openAIOverloadedEvent } from "./error-bodies.ts";
import { messagesEndpoints, openAIEndpoints } from "./openai-endpoints.ts";
import type { ProviderEndpoint, ProviderProfile, SecretParts } from "./profile.ts";
import { CHAT_IDS, MESSAGES_IDS, OPENAI_BODY, RESPONSES_IDS, SDK_HEADERS } from "./varying.ts";

/** A host with an OpenAI-compatible API, and how it differs from others. */
interface CompatibleHost {
  readonly name: string;
  readonly hosts: readonly (string | RegExp)[];
  readonly keyVariables: readonly string[];
  readonly endpoints?: readonly ProviderEndpoint[];
  readonly patterns?: SecretParts["patterns"];
}

/** Many of them omit `[DONE]`. */
const LENIENT = { terminatorOptional: true };
const chat = () => new ChatDecoder(LENIENT);

/** Chat completions below any path, because gateways omit `/v1`; OpenAI's other paths below `/v1`. */
const ANYWHERE: readonly ProviderEndpoint[] = [
  endpoint("chat", "(?:/.*)?/chat/completions", { anyHost: true, decoder: chat }),
  ...openAIEndpoints("(?:/.*)?/v1", { ...LENIENT, anyHost: true }),
];

function compatible({
  name,
  hosts,
  keyVariables,
  endpoints = [],
  patterns = [],
}: CompatibleHost): ProviderProfile {
  return {
    name,
    hosts,
    endpoints: [...endpoints, ...ANYWHERE, ...messagesEndpoints("(?:/.*)?/v1")],
    keyVariables,
    varies: {
      headers: SDK_HEADERS,
      body: OPENAI_BODY,
      ids: [...CHAT_IDS, ...RESPONSES_IDS, ...MESSAGES_IDS],
    },
    secrets: { patterns },
    errorBody: openAIErrorBody,
    overloadedEvent: openAIOverloadedEvent,
  };
}

/** OpenAI's paths on an unknown host: vLLM, llama.cpp, LiteLLM, LM Studio, gateways. */
export const openAICompatible: ProviderProfile = compatible({
  name: "openai-compatible",
  hosts: [],
  keyVariables: [],
});

/** Known hosts with an OpenAI-compatible API. */
export const compatibleHosts: readonly ProviderProfile[] = [
  compatible({
    name: "together",
    hosts: ["api.together.xyz", "api.together.ai"],
    keyVariables: ["TOGETHER_API_KEY", "TOGETHER_AI_API_KEY"],
  }),
  compatible({
    name: "fireworks",
    hosts: ["api.fireworks.ai"],
    keyVariables: ["FIREWORKS_API_KEY"],
    patterns: [{ type: "fireworks-key", pattern: /fw_[A-Za-z0-9]{22,}/g }],
  }),
  compatible({
    name: "huggingface",
    hosts: ["router.huggingface.co", "api-inference.huggingface.co", ".endpoints.huggingface.cloud"],
    keyVariables: ["HF_TOKEN", "HUGGINGFACE_API_KEY"],
    patterns: [{ type: "huggingface-token", pattern: /hf_[A-Za-z0-9]{34}/g }],
  }),
  compatible({
    name: "writer",
    hosts: ["api.writer.com"],
    keyVariables: ["WRITER_API_KEY"],
    endpoints: [endpoint("chat", "/v1/chat", { decoder: chat })],
  }),
  compatible({ name: "snowflake", hosts: [".snowflakecomputing.com"], keyVariables: ["SNOWFLAKE_TOKEN"] }),
  compatible({
    name: "alibaba",
    hosts: [/^dashscope(?:-[a-z]+)?\.aliyuncs\.com$/],
    keyVariables: ["DASHSCOPE_API_KEY", "ALIBABA_API_KEY"],
  }),
  compatible({
    name: "moonshotai",
    hosts: ["api.moonshot.ai", "api.moonshot.cn"],
    keyVariables: ["MOONSHOT_API_KEY"],
  }),
  compatible({ name: "cerebras", hosts: ["api.cerebras.ai"], keyVariables: ["CEREBRAS_API_KEY"] }),
  compatible({ name: "sambanova", hosts: ["api.sambanova.ai"], keyVariables: ["SAMBANOVA_API_KEY"] }),
  compatible({ name: "deepinfra", hosts: ["api.deepinfra.com"], keyVariables: ["DEEPINFRA_API_KEY"] }),
  compatible({ name: "nvidia", hosts: ["integrate.api.nvidia.com"], keyVariables: ["NVIDIA_API_KEY"] }),
  compatible({ name: "nebius", hosts: [".nebius.com"], keyVariables: ["NEBIUS_API_KEY"] }),
  compatible({ name: "novita", hosts: ["api.novita.ai"], keyVariables: ["NOVITA_API_KEY"] }),
  compatible({ name: "baseten", hosts: ["inference.baseten.co"], keyVariables: ["BASETEN_API_KEY"] }),
  compatible({
    name: "zai",
    hosts: ["api.z.ai", "open.bigmodel.cn"],
    keyVariables: ["ZAI_API_KEY", "ZHIPU_API_KEY"],
  }),
  compatible({
    name: "minimax",
    hosts: ["api.minimax.io", "api.minimaxi.com"],
    keyVariables: ["MINIMAX_API_KEY"],
  }),
  compatible({ name: "github", hosts: ["models.github.ai"], keyVariables: ["GITHUB_MODELS_TOKEN"] }),
  compatible({
    name: "github-copilot",
    hosts: ["api.githubcopilot.com", ".githubcopilot.com"],
    keyVariables: ["GITHUB_COPILOT_TOKEN"],
    endpoints: openAIEndpoints("", LENIENT),
  }),
  compatible({
    name: "vercel-gateway",
    hosts: ["ai-gateway.vercel.sh"],
    keyVariables: ["AI_GATEWAY_API_KEY"],
  }),
  compatible({
    name: "cloudflare",
    hosts: ["gateway.ai.cloudflare.com", "api.cloudflare.com"],
    keyVariables: ["CLOUDFLARE_API_TOKEN"],
  }),
  compatible({
    name: "databricks",
    hosts: [".cloud.databricks.com", ".azuredatabricks.net", ".gcp.databricks.com"],
    keyVariables: ["DATABRICKS_TOKEN"],
    endpoints: [endpoint("chat", "/serving-endpoints/[^/]+/invocations", { decoder: chat })],
  }),
];
