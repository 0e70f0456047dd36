// Run in a pseudo-terminal by a test: an Ink application that draws a new picture every few milliseconds and keeps a diary
// in the file named by the argument. Ends on SIGTERM or when its terminal is gone; SIGUSR2 makes it draw its last picture.
import { appendFileSync } from 'node:fs'
import { render, useInput, useWindowSize } from 'ink'
import { createElement, useEffect, useLayoutEffect, useState } from 'react'
import { watchEndings } from '../../../source/terminal/endings.ts'
import { createInput } from '../../../source/terminal/input.ts'
import { createPresenter } from '../../../source/terminal/presenter.ts'
import { captureStandardStreams } from '../../../source/terminal/standard-streams.ts'
import { openTerminal } from '../../../source/terminal/tty.ts'

const [, , diary = ''] = process.argv
const note = (entry: object): void => appendFileSync(diary, `${JSON.stringify(entry)}\n`)

const end = (reason: string): void => {
  note({ reason, ...presenter.stats })
  const isRestored = presenter.close()
  input.close(!isRestored)
  process.exit(reason === 'asked' ? 0 : 1)
}
const presenter = createPresenter({ terminal: openTerminal(process.stdout), onGone: () => end('gone') })
const input = createInput(process.stdin, { onGone: () => end('gone') })
watchEndings({ onGone: () => end('hung up'), onSignal: () => end('asked'), atExit: () => void presenter.close() })

captureStandardStreams((text) => note({ text }))

const App = () => {
  const { columns, rows } = useWindowSize()
  const [turn, setTurn] = useState(0)
  const [isLast, setIsLast] = useState(false)
  useInput(() => undefined)
  useEffect(() => {
    process.once('SIGUSR2', () => setIsLast(true))
  }, [])
  useEffect(() => {
    // Whatever writes to the terminal in the usual way would stop the program here.
    process.emitWarning(`turn ${turn}`)
    const timer = setInterval(() => {
      setTurn((before) => before + 1)
      note({ turn, ...presenter.stats })
    }, 20)
    return () => clearInterval(timer)
  }, [turn])
  const line = (row: number): string => `${turn} ${row} `.repeat(columns).slice(0, columns)
  const lines = isLast ? ['the last picture'] : Array.from({ length: rows }, (_, row) => line(row))
  useLayoutEffect(() => presenter.show(lines))
  return null
}

render(createElement(App), {
  stdout: presenter.stdout,
  stdin: input.stdin,
  interactive: true,
  exitOnCtrlC: false,
  patchConsole: false,
})
