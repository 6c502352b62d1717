import { expect, test, vi } from 'vitest'
import { chunkings, traceStream, useCassette } from 'vitest-cassette'
import { POST } from '../src/chat.ts'

function ask(text: string): Promise<Response> {
  const messages = [{ id: '1', role: 'user', parts: [{ type: 'text', text }] }]
  return POST(new Request('http://localhost/api/chat', { method: 'POST', body: JSON.stringify({ messages }) }))
}

test('streams the joke to the browser as it comes', async () => {
  const cassette = useCassette('joke')
  const sent = traceStream(await ask('Why do programmers prefer dark mode?'))
  await sent.done
  expect(sent).toHaveTerminated()
  expect(sent).toHaveNoDuplicateEvents()
  // Nothing of what the model said is lost, doubled or changed on the way.
  expect(sent).toMatchUpstream(cassette)
})

test.for(chunkings)('reads the model whatever the network cuts: %s', async (chunks) => {
  const cassette = useCassette('joke', { chunks })
  const sent = traceStream(await ask('Why do programmers prefer dark mode?'))
  await sent.done
  expect(sent).toMatchUpstream(cassette)
})

test('tells the browser that the model failed in the middle of an answer', async () => {
  // The AI SDK logs it.
  using _log = vi.spyOn(console, 'error').mockReturnValue()
  useCassette('joke', { fault: { kind: 'error', after: { events: 4 } } })
  const sent = await ask('Why do programmers prefer dark mode?')
  expect(await sent.text()).toContain('"type":"error"')
})
