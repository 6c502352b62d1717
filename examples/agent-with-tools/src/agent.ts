import OpenAI from 'openai'

/** A tool of the agent: what the model sees of it, and what it does. */
export interface Tool {
  readonly description: string
  readonly parameters: Record<string, unknown>
  readonly run: (input: Record<string, unknown>) => Promise<unknown>
}

/** Asks the model, runs the tools that it calls, and asks again, until it answers. */
export async function runAgent(
  question: string,
  tools: Readonly<Record<string, Tool>>,
  maxSteps = 5,
): Promise<string> {
  const openai = new OpenAI()
  const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: question }]
  for (let step = 0; step < maxSteps; step++) {
    const completion = await openai.chat.completions.create({
      model: 'gpt-5-mini',
      messages,
      tools: Object.entries(tools).map(([name, { description, parameters }]) => ({
        type: 'function' as const,
        function: { name, description, parameters },
      })),
    })
    const message = completion.choices[0]!.message
    messages.push(message)
    if (!message.tool_calls?.length) return message.content ?? ''
    for (const call of message.tool_calls) {
      if (call.type !== 'function') continue
      const result = await tools[call.function.name]!.run(JSON.parse(call.function.arguments))
      messages.push({ role: 'tool', tool_call_id: call.id, content: JSON.stringify(result) })
    }
  }
  throw new Error(`No answer after ${maxSteps} steps.`)
}
