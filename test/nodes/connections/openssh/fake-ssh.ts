import { spawnSync } from 'node:child_process'
import { appendFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'

// An ssh without a network: with -M it answers on its socket until it is asked to end, else it runs the command here. It writes
// down how it was called. FAKE=deaf: it never answers, and no polite word ends it.
// FAKE=banner: as deaf, and it shows what a server wrote to look like a refusal.
// FAKE=slow: the login takes longer than a ConnectTimeout of 1 s.
// FAKE=floods: it writes to stderr without end.
const { FAKE = '', FAKE_FOLDER = '' } = process.env
const args = process.argv.slice(2)
const socket = args[args.indexOf('-S') + 1] ?? ''
const environment = ['DISPLAY', 'WAYLAND_DISPLAY', 'SSH_ASKPASS', 'SSH_ASKPASS_REQUIRE', 'LC_ALL'].map(
  (name) => `${name}=${process.env[name]}`,
)
appendFileSync(join(FAKE_FOLDER, 'calls'), `${JSON.stringify({ args, environment })}\n`)

if (FAKE === 'deaf' || FAKE === 'banner') {
  if (FAKE === 'banner') process.stderr.write('k@n: Permission denied (publickey).\r\n')
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT'] as const) process.on(signal, () => undefined)
  setInterval(() => undefined, 60_000)
} else if (FAKE === 'floods') {
  spawnSync('yes', { stdio: ['ignore', 2, 2] })
} else if (args.includes('-M')) {
  const server = createServer((client) => client.on('error', () => undefined).write('hello'))
  setTimeout(() => server.listen(socket), FAKE === 'slow' ? 1500 : 0)
} else {
  process.stderr.write('debug1: mux_client_request_session: master session id: 1\r\n')
  const { status } = spawnSync('sh', ['-c', args.at(-1) ?? ''], { stdio: 'inherit' })
  process.stderr.write(`debug2: Received exit status from master ${status}\r\n`)
  process.exitCode = status ?? 255
}
