import { type Instance, render } from 'ink'
import { App, type AppProps } from '../interface/app.tsx'
import type { TerminalInput } from '../terminal/input.ts'
import type { TerminalOutput } from '../terminal/output.ts'

export interface MountOptions {
  readonly app: AppProps
  readonly stdin: TerminalInput
  readonly stdout: TerminalOutput
}

/** Has Ink run the interface, on the two ends of the terminal's pipe. */
export const mount = ({ app, stdin, stdout }: MountOptions): Instance =>
  render(<App {...app} />, {
    stdout,
    stdin,
    // The screen is the presenter's.
    alternateScreen: false,
    // A variable named `CI` would silence Ink otherwise.
    interactive: true,
    exitOnCtrlC: false,
    patchConsole: false,
    // Ink would hold a key's commit back to draw thirty a second; the presenter keeps the terminal's own pace.
    maxFps: 1000,
  })
