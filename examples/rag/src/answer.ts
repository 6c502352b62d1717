import Anthropic from '@anthropic-ai/sdk'

/** A passage of the handbook. */
export interface Passage {
  readonly title: string
  readonly text: string
}

/** Returns the passages that share most words with the question. */
export function retrieve(question: string, passages: readonly Passage[], count = 2): readonly Passage[] {
  const wanted = wordsOf(question)
  const score = ({ title, text }: Passage): number =>
    [...wordsOf(`${title} ${text}`)].filter((word) => wanted.has(word)).length
  return [...passages].sort((a, b) => score(b) - score(a)).slice(0, count)
}

/** Streams the answer to a question from the passages that fit. */
export async function* answer(question: string, passages: readonly Passage[]): AsyncGenerator<string> {
  const context = retrieve(question, passages)
    .map(({ title, text }) => `<passage title="${title}">${text}</passage>`)
    .join('\n')
  const stream = new Anthropic().messages.stream({
    model: 'claude-sonnet-5',
    max_tokens: 500,
    system: `Answer from these passages only.\n${context}`,
    messages: [{ role: 'user', content: question }],
  })
  for await (const event of stream) {
    if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') yield event.delta.text
  }
}

function wordsOf(text: string): ReadonlySet<string> {
  return new Set(text.toLowerCase().match(/\p{L}{4,}/gu))
}
