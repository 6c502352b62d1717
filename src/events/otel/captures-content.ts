/** Whether the variable of the conventions asks for content on spans. It has two sets of values. */
export function capturesContent(variables: Readonly<Record<string, string | undefined>>): boolean {
  const value = variables.OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT ?? "";
  return ["true", "span_only", "span_and_event"].includes(value.toLowerCase());
}
