import { expect, test } from 'vitest'
import { useCassette } from 'vitest-cassette'
import { answer, type Passage, retrieve } from '../src/answer.ts'

const HANDBOOK: readonly Passage[] = [
  { title: 'Vacation', text: 'Everybody has 30 days of vacation a year.' },
  { title: 'Travel', text: 'Trains are booked in second class, flights need an approval.' },
  { title: 'Sick leave', text: 'Tell your team before ten in the morning.' },
]

test('retrieves the passages that fit', () => {
  expect(retrieve('How many days of vacation do I have?', HANDBOOK, 1)).toEqual([HANDBOOK[0]])
})

test('answers from the handbook, word by word', async () => {
  const cassette = useCassette()
  let text = ''
  for await (const piece of answer('How many days of vacation do I have?', HANDBOOK)) text += piece
  // The model got the passage, and the code under test lost nothing of what it said.
  expect(cassette).toHaveRequested({
    body: expect.objectContaining({ system: expect.stringContaining('30 days of vacation') }),
  })
  expect(cassette).toHaveStreamedText(text)
  expect(cassette).toHaveFirstTokenWithin(2_000)
})
