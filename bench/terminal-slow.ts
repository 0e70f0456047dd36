// Run in a pseudo-terminal by `measureSlowReader`: an Ink application that draws a table, through the presenter or by itself, a timer that stands for collecting, and a file with how
// the timer fared.
import { writeFileSync } from 'node:fs'
import { Box, render, Text } from 'ink'
import { createElement, useLayoutEffect } from 'react'
import { createPresenter } from '../source/terminal/presenter.ts'
import { openTerminal } from '../source/terminal/tty.ts'
import { createTable } from './terminal-frames.ts'

/** `onTime` is a share; `longest` in ms. `presented` counts pictures handed to the system. */
export type SlowRun = { readonly onTime: number; readonly longest: number; readonly presented: number }

const [, , output = 'presenter', seconds = '8', file = ''] = process.argv
const period = 50

const presenter = createPresenter({ terminal: openTerminal(process.stdout), onGone: () => process.exit(1) })
const table = createTable()
let written = 0
const texts = () =>
  createElement(
    Box,
    { flexDirection: 'column' },
    table.next(600).map((line, row) => createElement(Text, { key: row, wrap: 'truncate' }, line)),
  )
const Shown = ({ lines }: { readonly lines: readonly string[] }) => {
  useLayoutEffect(() => presenter.show(lines))
  return null
}
const view = () => (output === 'presenter' ? createElement(Shown, { lines: table.next(600) }) : texts())
const app = render(view(), {
  stdout: output === 'presenter' ? presenter.stdout : process.stdout,
  alternateScreen: output === 'plain',
  interactive: true,
  incrementalRendering: false,
  patchConsole: false,
  onRender: () => {
    written++
  },
})

const start = performance.now()
const slots = new Set<number>()
let last = start
let longest = 0
const tick = (): void => {
  const now = performance.now()
  const slot = Math.floor((now - start) / period)
  slots.add(slot)
  longest = Math.max(longest, now - last)
  last = now
  // Due at the beginning of the next slot, so that being late once does not put off the rest.
  setTimeout(tick, (slot + 1) * period - (now - start))
}
tick()
setInterval(() => app.rerender(view()), 200)

const finish = (): void => {
  const end = performance.now()
  const presented = output === 'presenter' ? presenter.stats.presented : written
  const run: SlowRun = {
    onTime: slots.size / Math.floor((end - start) / period),
    longest: Math.max(longest, end - last),
    presented,
  }
  writeFileSync(file, JSON.stringify(run))
  presenter.close()
  // The plain way cannot end while its terminal is full.
  process.kill(process.pid, 'SIGKILL')
}
setTimeout(finish, Number(seconds) * 1000)
