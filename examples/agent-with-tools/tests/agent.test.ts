import { expect, test } from 'vitest'
import { useCassette } from 'vitest-cassette'
import { runAgent } from '../src/agent.ts'

/** Asks a weather station: slow, and not to be asked in every test run. */
async function readStation({ city }: Record<string, unknown>): Promise<unknown> {
  return { city, celsius: -3, at: new Date().toISOString() }
}

test('looks the weather up before it answers', async () => {
  const cassette = useCassette()
  const run = cassette.record('weather', readStation)
  const answer = await cassette.step(
    'forecast',
    () =>
      runAgent('How cold is it in Oslo?', {
        weather: {
          description: 'The weather in a city',
          parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
          run,
        },
      }),
    { kind: 'agent' },
  )
  expect(answer).not.toBe('')
  expect(cassette).toHaveCalledTool('weather')
  expect(cassette).toHaveSteps(['forecast'])
  expect(cassette.session.calls).toEqual({ weather: 1 })
  expect(cassette.requests).toHaveLength(2)
})
