import { mkdtempSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { spawn } from '@lydell/node-pty'
import xterm from '@xterm/headless'
import { type Measured, median, rounded } from '../measured.ts'
import type { MadePod } from './made-pod.ts'
import { startRelay } from './relay.ts'
import { startSmallCluster } from './small-cluster.ts'
import { type Sshd, startSshd } from './sshd.ts'

const program = resolve(import.meta.dirname, '..', '..', 'bin', 'kntop.js')
const size = { cols: 160, rows: 45 }

/** Milliseconds that data is held in each direction. */
const oneWay = 10
const openings = 9
/** Milliseconds until a node that was just reached has been asked for all that is asked at first. */
const settling = 2000
const longest = 15_000

/** A node has an InternalIP that is its own: loopback is nobody's. */
const ownAddress = (): string => {
  const all = Object.values(networkInterfaces()).flatMap((each) => each ?? [])
  const own = all.find(({ family, internal }) => family === 'IPv4' && !internal)
  if (own === undefined) throw new Error('this machine has no IPv4 address but loopback')
  return own.address
}

const startKntop = (sshd: Sshd, kubeconfig: string, config: string) => {
  const state = mkdtempSync(join(sshd.folder, 'state-'))
  const terminal = new xterm.Terminal({ ...size, allowProposedApi: true, scrollback: 0 })
  const pty = spawn(process.execPath, [program, '--kubeconfig', kubeconfig, '--ssh', '--ssh-config', config], {
    ...size,
    name: 'xterm-256color',
    env: { ...process.env, LANG: 'C.UTF-8', HOME: state, XDG_STATE_HOME: state, XDG_CONFIG_HOME: state },
  })
  const exit = new Promise<void>((done) => pty.onExit(() => done()))
  const lines = (): string =>
    Array.from(
      { length: size.rows },
      (_, row) => terminal.buffer.active.getLine(row)?.translateToString(true) ?? '',
    ).join('\n')
  let onPicture: (at: number) => void = () => undefined
  pty.onData((data) => {
    const at = performance.now()
    terminal.write(data, () => onPicture(at))
  })
  /** When a picture had arrived that shows it. */
  const sees = (what: RegExp): Promise<number> =>
    new Promise((done, fail) => {
      const guard = setTimeout(() => fail(new Error(`kntop shows:\n${lines()}`)), longest)
      onPicture = (at) => {
        if (!what.test(lines())) return
        clearTimeout(guard)
        onPicture = () => undefined
        done(at)
      }
      onPicture(performance.now())
    })
  return {
    sees,
    press: (keys: string) => pty.write(keys),
    async end() {
      pty.write('\u0003\u0003')
      await Promise.race([exit, wait(5000)])
      pty.kill('SIGKILL')
      await exit
      terminal.dispose()
    },
  }
}

/** Milliseconds from `enter` on a pod to what is seen in it. What was seen once is shown at once: only the first tells. */
const openOnce = async (kntop: ReturnType<typeof startKntop>): Promise<number> => {
  await kntop.sees(/1\/1 live/)
  kntop.press(':pods\r')
  await kntop.sees(/front +1\/1 +Running/)
  await wait(settling)
  const pressed = performance.now()
  kntop.press('\r')
  return (await kntop.sees(/eth0 +UP/)) - pressed
}

/** From a key to the first data of a pod, at 20 ms of round-trip time: the built program, a real sshd, a relay before it. */
export const benchOpening = async ({ place }: MadePod): Promise<readonly Measured[]> => {
  const address = ownAddress()
  const sshd = await startSshd()
  const relay = await startRelay(address, sshd.port, oneWay)
  const cluster = await startSmallCluster(sshd.folder, place, address)
  const times: number[] = []
  try {
    for (let opening = 0; opening < openings; opening += 1) {
      const kntop = startKntop(sshd, cluster.kubeconfig, sshd.configFor(relay.port))
      try {
        times.push(await openOnce(kntop))
      } finally {
        await kntop.end()
      }
    }
  } finally {
    await cluster.close()
    await relay.close()
    await sshd.close()
  }
  const name = 'opening a pod at 20 ms of RTT: key to first data'
  return [{ name, value: rounded(median(times)), unit: 'ms', budget: 500 }]
}
