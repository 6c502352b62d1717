/** Fields that say what a model or a tool is asked, in the bodies of all providers. */
const PROMPTS = new Set([
  ...[
    "arguments",
    "content",
    "contents",
    "documents",
    "input",
    "inputs",
    "inputText",
    "instructions",
    "message",
  ],
  ...[
    "messages",
    "preamble",
    "prompt",
    "prompts",
    "query",
    "system",
    "systemInstruction",
    "system_instruction",
  ],
  ...["text", "texts"],
]);

/**
 * Tells whether a field of a request decides what the answer is about: a prompt, a message or a part of one, or the
 * whole body. A cassette that ignored it would answer any question. Ids within messages are not prompts.
 */
export function isPrompt(path: string): boolean {
  if (path === "body") return true;
  const [root, ...names] = path.split(/[.[\]"]+/).filter((name) => name !== "");
  return (
    root === "body" && !/(?:^i|_i|I)d$/.test(names.at(-1) ?? "") && names.some((name) => PROMPTS.has(name))
  );
}
