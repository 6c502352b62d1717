import { mcpTypeOf, type RecordedMcp, type RecordedMcpError, type TapeValue } from "../cassette/model.ts";
import { tenths } from "./render-numbers.ts";
import { renderValues } from "./render-values.ts";
import { scalarText } from "./scalar-text.ts";

/** Renders the lines of an MCP message, for an entry whose fields are at column `column`. */
export function renderMcp(entry: RecordedMcp, column: number): string[] {
  const pad = " ".repeat(column);
  const { method, type, from, server, params, result, error, duration } = entry;
  const lines = [`${pad}mcp: ${scalarText(method, "block")}`];
  if (type !== mcpTypeOf(method)) lines.push(`${pad}type: ${type}`);
  if (from !== "client") lines.push(`${pad}from: ${from}`);
  if (server !== undefined) lines.push(`${pad}server: ${scalarText(server, "block")}`);
  lines.push(...renderValues({ params, result, error: error && errorValue(error) }, column));
  if (duration !== undefined) lines.push(`${pad}duration: ${tenths(duration)}`);
  return lines;
}

function errorValue({ code, message, data }: RecordedMcpError): TapeValue {
  return { code, message, ...(data === undefined ? {} : { data }) };
}
