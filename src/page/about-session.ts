import { counted, duration } from "./figures.ts";
import { figuresOf, lengthOf, type Session } from "./model.ts";

/**
 * Returns the figures of a session in one line.
 *
 * @param time now, in milliseconds since 1970, if the session may still run
 */
export function aboutSession(session: Session, time?: number): string {
  const { requests, tools, misses, inputTokens, outputTokens, models, firstToken } = figuresOf(session);
  const facts = [
    counted(requests, "request"),
    tools === 0 ? undefined : counted(tools, "tool call"),
    inputTokens + outputTokens === 0 ? undefined : `${inputTokens} tokens in, ${outputTokens} out`,
    firstToken === undefined ? undefined : `first token ${duration(firstToken)}`,
    duration(lengthOf(session, time)),
    models.join(", ") || undefined,
    misses === 0 ? undefined : `${misses} ${misses === 1 ? "miss" : "misses"}`,
    session.dropped === 0 ? undefined : `${counted(session.dropped, "event")} dropped`,
  ];
  return facts.filter((fact) => fact !== undefined).join(" · ");
}
