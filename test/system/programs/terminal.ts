import { spawn } from '@lydell/node-pty'

// A terminal with a program in it: passes on what is drawn, and says on stderr how the program ended. Whoever kills this
// process takes the terminal away. node terminal.ts PROGRAM ARGUMENT...
const [program = '', ...args] = process.argv.slice(2)
const terminal = spawn(program, args, { cols: 120, rows: 40, cwd: '/' })
terminal.onData((data) => process.stdout.write(data))
terminal.onExit(({ exitCode, signal }) => {
  process.stderr.write(`ended ${exitCode} ${signal ?? 0}\n`)
})
