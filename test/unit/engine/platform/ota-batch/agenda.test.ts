import { expect, it } from 'vitest'
import { Agenda } from '../../../../../src/engine/platform/ota-batch/agenda.ts'
import { VirtualClock } from '../../../../../src/shared/clock.ts'

function startAgenda(): { agenda: Agenda, clock: VirtualClock, rung: string[] } {
  const clock = new VirtualClock(0)
  const rung: string[] = []
  return { agenda: new Agenda(clock, key => void rung.push(`${key} ${clock.now()}`)), clock, rung }
}

it('calls in order of time, whatever the order of setting', () => {
  const { agenda, clock, rung } = startAgenda()
  for (const at of [50, 10, 40, 20, 30, 70, 60])
    agenda.set(`at${at}`, at)
  clock.advance(45)
  expect(rung).toEqual(['at10 10', 'at20 20', 'at30 30', 'at40 40'])
  clock.advance(100)
  expect(rung.slice(4)).toEqual(['at50 50', 'at60 60', 'at70 70'])
})

it('forgets an entry that is replaced or taken back', () => {
  const { agenda, clock, rung } = startAgenda()
  agenda.set('a', 10)
  agenda.set('b', 20)
  agenda.set('a', 30)
  agenda.set('b', null)
  clock.advance(100)
  expect(rung).toEqual(['a 30'])
})

it('calls what is past at once, and nothing after it was closed', () => {
  const { agenda, clock, rung } = startAgenda()
  clock.advance(100)
  agenda.set('late', 10)
  clock.advance(0)
  expect(rung).toEqual(['late 100'])
  agenda.set('never', 200)
  agenda.close()
  clock.advance(1_000)
  expect(rung).toHaveLength(1)
})

it('gives others their turn when an entry is set anew while it is called', () => {
  const clock = new VirtualClock(0)
  let calls = 0
  const agenda: Agenda = new Agenda(clock, (key) => {
    calls += 1
    if (calls < 5)
      agenda.set(key, clock.now())
  })
  agenda.set('again', 0)
  clock.advance(0)
  expect(calls).toBe(5)
})

it('moves an entry that is due by some time only forward, however often it is asked for', () => {
  const { agenda, clock, rung } = startAgenda()
  agenda.setBy('a', 10)
  agenda.setBy('a', 20)
  clock.advance(5)
  agenda.setBy('a', 15)
  clock.advance(100)
  agenda.setBy('b', 300)
  agenda.setBy('b', 200)
  clock.advance(1_000)
  expect(rung).toEqual(['a 10', 'b 200'])
})

it('gives others their turn between the entries of one instant when there are many', () => {
  const { agenda, clock, rung } = startAgenda()
  for (let index = 0; index < 1_000; index++)
    agenda.set(`task ${index}`, 10)
  let seen = 0
  clock.setAlarm(10, () => { seen = rung.length })
  clock.advance(10)
  expect(rung).toHaveLength(1_000)
  expect(seen).toBeLessThan(1_000)
})
