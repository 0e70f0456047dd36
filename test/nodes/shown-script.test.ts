import { expect, test } from 'vitest'
import { shownScript } from '../../source/nodes/shown-script.ts'

test('a script is shown as a person would type it, else with its arguments', () => {
  expect(shownScript({ text: 'x', args: ['y'], shown: 'tcpdump -i eth0' })).toBe('tcpdump -i eth0')
  expect(shownScript({ text: ' exec x "$1"\n', args: ['y'] })).toBe('exec x "$1" y')
})
