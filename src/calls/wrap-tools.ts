import { isObject } from "../cassette/is-object.ts";
import { CassetteOptionsError } from "../options/options-error.ts";
import type { CallOptions } from "./call-options.ts";
import { type AnyFunction, type FindRun, type HowToRecord, recordFunction } from "./record-function.ts";

/** Options by the name of the tool. */
export type WrapOptions = Readonly<Record<string, CallOptions<readonly never[]>>>;

/** The method of a tool that does the work, and how it is called. */
interface Shape extends HowToRecord {
  readonly method: string;
}

/**
 * Returns the tools with their work recorded: a list, an object by name, a tool, or a function. Tools are copied, and
 * those that run elsewhere (without an `execute`) are left as they are.
 *
 * @throws CassetteOptionsError for something without a name, or that is no tool
 */
export function wrapTools<T>(findRun: FindRun, tools: T, options: WrapOptions = {}): T {
  const wrapped = (tool: unknown, key?: string): unknown => {
    const name = key ?? nameOf(tool);
    if (typeof tool === "function") {
      return recordFunction(findRun, named(name, tool), tool as AnyFunction, options[name ?? ""], {
        type: "tool",
      });
    }
    const shape = isTool(tool) ? shapeOf(tool) : undefined;
    if (shape === undefined) return tool;
    const { method, ...how } = shape;
    // On the tool itself: a copy has no private fields.
    const original = ((tool as Readonly<Record<string, AnyFunction>>)[method] as AnyFunction).bind(tool);
    const own = named(name, tool);
    return copyWith(tool as object, method, recordFunction(findRun, own, original, options[own], how));
  };
  if (Array.isArray(tools)) return tools.map((tool) => wrapped(tool)) as T;
  if (typeof tools === "function" || isTool(tools)) return wrapped(tools) as T;
  if (isObject(tools)) {
    return Object.fromEntries(Object.entries(tools).map(([name, tool]) => [name, wrapped(tool, name)])) as T;
  }
  throw new CassetteOptionsError("cassette.wrap()", [
    `It takes tools or functions, and got ${typeof tools}.`,
  ]);
}

/** What the tools of the known packages have, and objects of tools do not. */
function isTool(value: unknown): value is object {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const tool = value as Readonly<Record<string, unknown>>;
  const isDescribed = ["description", "inputSchema", "parameters", "schema", "lc_namespace"].some(
    (key) => key in tool,
  );
  return (
    isDescribed &&
    (shapeOf(value) !== undefined || typeof tool.name === "string" || typeof tool.type === "string")
  );
}

function shapeOf(value: object): Shape | undefined {
  const tool = value as Readonly<Record<string, unknown>>;
  const has = (method: string): boolean => typeof tool[method] === "function";
  // LangChain: below `invoke`, so that a tool call still becomes a ToolMessage.
  if ("lc_namespace" in tool) return has("_call") ? { method: "_call", type: "tool" } : undefined;
  // AI SDK, Mastra.
  if (has("execute")) return { method: "execute", type: "tool" };
  // OpenAI Agents: the input is JSON as text, behind the context.
  if (has("invoke")) return { method: "invoke", type: "tool", inputOf: ([, input]) => parsed(input) };
  return undefined;
}

function parsed(input: unknown): unknown {
  if (typeof input !== "string") return input;
  try {
    return JSON.parse(input) as unknown;
  } catch {
    // A tool may take plain text.
    return input;
  }
}

function nameOf(tool: unknown): string | undefined {
  const { name, id } = tool as { readonly name?: unknown; readonly id?: unknown };
  if (typeof name === "string" && name !== "") return name;
  return typeof id === "string" && id !== "" ? id : undefined;
}

function named(name: string | undefined, tool: unknown): string {
  if (name !== undefined) return name;
  throw new CassetteOptionsError("cassette.wrap()", [
    `A ${typeof tool === "function" ? "function" : "tool"} has no name. Give it one: cassette.wrap({ weather }).`,
  ]);
}

/** A copy of the same class with another method: the tool of other tests stays as it is. */
function copyWith(tool: object, method: string, replacement: AnyFunction): object {
  const copy = Object.create(
    Object.getPrototypeOf(tool) as object,
    Object.getOwnPropertyDescriptors(tool),
  ) as object;
  return Object.defineProperty(copy, method, {
    value: replacement,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}
