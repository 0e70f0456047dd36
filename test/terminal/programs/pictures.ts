// Run in a pseudo-terminal by a test: draws a new picture every few milliseconds and keeps a diary in the file named by
// the argument. Ends on SIGTERM or when its terminal is gone.
import { appendFileSync } from 'node:fs'
import { watchEndings } from '../../../source/terminal/endings.ts'
import { createPresenter } from '../../../source/terminal/presenter.ts'
import { openTerminal } from '../../../source/terminal/tty.ts'
import { createInkWriter } from '../fake-terminal.ts'

const [, , diary = ''] = process.argv
const note = (entry: object): void => appendFileSync(diary, `${JSON.stringify(entry)}\n`)

const end = (reason: string): void => {
  note({ reason, ...presenter.stats })
  presenter.close()
  process.exit(reason === 'asked' ? 0 : 1)
}
const presenter = createPresenter({ terminal: openTerminal(process.stdout), onGone: () => end('gone') })
const ink = createInkWriter((text) => void presenter.stdout.write(text))
watchEndings({ onGone: () => end('hung up'), onSignal: () => end('asked'), atExit: presenter.close })

ink.enter()
let turn = 0
const timer = setInterval(() => {
  turn++
  const { columns, rows } = presenter.stdout
  ink.fullPicture(Array.from({ length: rows }, (_, row) => `${turn} ${row} `.repeat(columns).slice(0, columns)))
  note({ turn, ...presenter.stats })
}, 5)
// The last picture stays.
process.on('SIGUSR2', () => {
  clearInterval(timer)
  ink.fullPicture(['the last picture', `${presenter.stdout.columns}x${presenter.stdout.rows}`])
  setInterval(() => note({ turn, ...presenter.stats }), 50)
})
note({ isReady: true })
