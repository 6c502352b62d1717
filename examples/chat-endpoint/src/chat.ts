import { openai } from '@ai-sdk/openai'
import { convertToModelMessages, streamText, type UIMessage } from 'ai'

/** The route handler of `POST /api/chat`: Next.js, Hono and others call it with a `Request`. */
export async function POST(request: Request): Promise<Response> {
  const { messages } = (await request.json()) as { messages: UIMessage[] }
  const result = streamText({
    model: openai.chat('gpt-5-mini'),
    system: 'You are a comedian. Answer in one sentence.',
    messages: await convertToModelMessages(messages),
    abortSignal: request.signal,
  })
  return result.toUIMessageStreamResponse()
}
