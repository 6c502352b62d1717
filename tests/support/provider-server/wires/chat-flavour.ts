/** Who of those that share `/chat/completions` is spoken for; Mistral has a wire of its own. */
export type Flavour = "openai" | "azure" | "deepseek" | "openrouter" | "groq" | "ollama";

/** Told from the path, or from a model name that starts with the flavour's. */
export function flavourOf(path: string, model: string): Flavour {
  if (path.includes("/openai/deployments/")) return "azure";
  if (path.endsWith("/openai/v1/chat/completions")) return "groq";
  if (path.endsWith("/api/v1/chat/completions") || model.includes("/")) return "openrouter";
  if (model.startsWith("deepseek")) return "deepseek";
  if (model.startsWith("qwen") || model.startsWith("llama")) return "ollama";
  return "openai";
}

export function isMistral(model: string): boolean {
  return /^(mistral|magistral|ministral|codestral|pixtral)/.test(model);
}
