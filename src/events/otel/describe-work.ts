import type { Attributes } from "@opentelemetry/api";
import { isObject } from "../../cassette/is-object.ts";
import type { StepEvent, ToolCallEvent, ToolResultEvent } from "../event.ts";

export interface Described {
  readonly name: string;
  readonly attributes: Attributes;
  /** Whether the work is done by something else than this process. */
  readonly isClient: boolean;
}

/** Returns what a call is called, and what is known of it when it starts. */
export function describeTool({ kind, name, callId, input }: ToolCallEvent): Described {
  switch (kind) {
    case "tool":
      return {
        name: `execute_tool ${name}`,
        attributes: {
          "gen_ai.operation.name": "execute_tool",
          "gen_ai.tool.name": name,
          "gen_ai.tool.type": "function",
          "gen_ai.tool.call.id": callId,
        },
        isClient: false,
      };
    case "mcp":
      return { ...describeMcp(name, input), isClient: true };
    default:
      return { name, attributes: {}, isClient: false };
  }
}

/** Returns what an MCP message is called. A `target` is a tool or a prompt: there are few of these. */
export function describeMcp(
  method: string,
  params: unknown,
): { readonly name: string; readonly attributes: Attributes } {
  const given = isObject(params) ? params : {};
  const target = typeof given.name === "string" ? given.name : undefined;
  const attributes: Attributes = { "mcp.method.name": method };
  if (method === "tools/call") {
    attributes["gen_ai.operation.name"] = "execute_tool";
    attributes["gen_ai.tool.name"] = target;
  } else if (method === "prompts/get") attributes["gen_ai.prompt.name"] = target;
  if (typeof given.uri === "string") attributes["mcp.resource.uri"] = given.uri;
  return { name: target === undefined ? method : `${method} ${target}`, attributes };
}

/** Returns the class of the error that a call ended with; `undefined` if it did not fail. */
export function toolErrorOf(call: ToolCallEvent, { error, output }: ToolResultEvent): string | undefined {
  if (call.kind !== "mcp") return error && (error.name ?? "_OTHER");
  // The code of the JSON-RPC error comes first.
  if (error !== undefined) return /^-?\d+/.exec(error.message)?.[0] ?? "_OTHER";
  return isObject(output) && output.isError === true ? "tool_error" : undefined;
}

export function describeStep({ kind, name }: StepEvent): Described {
  if (kind !== "agent") return { name, attributes: {}, isClient: false };
  return {
    name: `invoke_agent ${name}`,
    attributes: { "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": name },
    isClient: false,
  };
}
