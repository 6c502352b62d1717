import type { FramedEvent } from "../../streams/decoder.ts";
import { type Findings, sum } from "./findings.ts";
import { JsonDecoder } from "./json-decoder.ts";
import { isObject, type JsonObject, keyOf, object, objects, string } from "./values.ts";

/** Decodes Gemini's Interactions API: steps with start, deltas and stop. Older revisions call them content. */
export class InteractionsDecoder extends JsonDecoder {
  protected override readonly endsInDone = true;
  readonly #calls = new Map<unknown, string>();
  #started = 0;

  protected override read(payload: JsonObject, found: Findings, { event = "" }: FramedEvent): void {
    switch (string(payload.event_type) ?? event) {
      case "step.start":
      case "content.start":
        this.#start(payload.index, object(payload.step ?? payload.content), found);
        break;
      case "step.delta":
      case "content.delta":
        this.#delta(payload.index, object(payload.delta), found);
        break;
      case "interaction.created":
      case "interaction.start":
        found.model(object(payload.interaction).model);
        break;
      case "error":
        found.error(payload.error ?? payload);
        break;
      case "":
        this.#whole(payload, found);
        break;
      default:
        // Completed, failed, requires_action: the event has the interaction, or its fields.
        this.#state(isObject(payload.interaction) ? payload.interaction : payload, found);
    }
  }

  #start(index: unknown, step: JsonObject, found: Findings): void {
    const key = `step ${this.#started++}`;
    this.#calls.set(index, key);
    if (isCall(step.type)) {
      const args =
        isObject(step.arguments) && Object.keys(step.arguments).length === 0 ? undefined : step.arguments;
      found.tool(key, { id: step.id, name: step.name, args });
    } else if (step.type === "thought") {
      for (const part of objects(step.summary)) found.reasoning(part.text);
    } else if (step.type === "text") {
      found.text(step.text);
    } else if (step.type === "model_output") {
      for (const part of objects(step.content)) if (part.type === "text") found.text(part.text);
      found.error(step.error);
    }
  }

  #delta(index: unknown, delta: JsonObject, found: Findings): void {
    const key = this.#calls.get(index) ?? `step of ${keyOf(index)}`;
    const { id, name, arguments: args } = delta;
    switch (delta.type) {
      case "text":
        found.text(delta.text);
        break;
      case "thought":
        found.reasoning(delta.thought ?? delta.text);
        break;
      case "thought_summary":
        found.reasoning(object(delta.content).text ?? delta.text);
        break;
      case "arguments_delta":
        found.tool(key, { id, args });
        break;
      case "function_call":
      case "mcp_server_tool_call":
        // A value is the whole arguments, even if the step had them at its start.
        if (isObject(args)) found.toolInput(key, args, JSON.stringify(args), name, id);
        else found.tool(key, { id, name, args });
        break;
    }
  }

  /** Reads an interaction without streaming. */
  #whole(interaction: JsonObject, found: Findings): void {
    for (const [index, step] of objects(interaction.steps ?? interaction.outputs).entries()) {
      this.#start(index, step, found);
    }
    this.#state(interaction, found);
  }

  #state(interaction: JsonObject, found: Findings): void {
    found.model(interaction.model);
    if (interaction.status !== "in_progress") found.finish(interaction.status);
    found.error(interaction.error);
    const { total_output_tokens: output, total_thought_tokens: thought } = object(interaction.usage);
    found.usage(interaction.usage, { outputTokens: sum(output, thought) });
  }
}

/** Whether a step is a call that the app answers, or a call of an MCP server. */
function isCall(type: unknown): boolean {
  return type === "function_call" || type === "mcp_server_tool_call";
}
