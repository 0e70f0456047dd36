import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, describe, expect, test } from 'vitest'
import { captureArguments, captureScript, droppedIn, explainEnd } from '../../../source/nodes/dns/capture-command.ts'

const text = captureScript('lo')?.text ?? ''
const children: ChildProcess[] = []

/** Runs the script of the capture around another program, in a process group of its own. */
const watch = (...program: readonly string[]): ChildProcess => {
  const child = spawn('sh', ['-c', text, 'sh', ...program], { stdio: ['pipe', 'pipe', 'pipe'], detached: true })
  children.push(child)
  return child
}

const endGroup = ({ pid }: ChildProcess): void => {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // Gone already, as it should be.
  }
}

const alive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

const firstOutput = async (child: ChildProcess): Promise<string> => {
  const [chunk] = (await once(child.stdout ?? child, 'data')) as [Buffer]
  return chunk.toString().trim()
}

/** A program that says its pid and then waits for ever. */
const waiting = ['sh', '-c', 'echo $$; exec sleep 1000']

afterEach(() => {
  for (const child of children.splice(0)) endGroup(child)
})

describe('the command of a capture', () => {
  test('asks tcpdump for answers only, not promiscuous, flushed, cut to 512 bytes, under a lease of a minute', () => {
    expect(captureArguments('cni0')?.join(' ')).toBe(
      'nice -n 19 timeout -k 1 60 tcpdump -p -U -n -s 512 -i cni0 -w - udp src port 53',
    )
  })

  test('has the filter and the interface as arguments, and the same text for every interface', () => {
    expect(captureArguments('cni0')?.slice(-5)).toEqual(['-i', 'cni0', '-w', '-', 'udp src port 53'])
    expect(captureScript('eth0.100')?.text).toBe(text)
    expect(text).not.toContain('lo\n')
  })

  test.each(['', '-w', 'eth0;id', 'eth0 x', '$(id)', 'a/b', 'sixteen-letters-', 'eth0\n'])(
    'is refused for %j, which is no interface',
    (name) => {
      expect(captureArguments(name)).toBeUndefined()
      expect(captureScript(name)).toBeUndefined()
    },
  )
})

describe('the script around a capture', () => {
  test('ends the program when its stdin closes, and then itself', async () => {
    const child = watch(...waiting)
    const pid = Number(await firstOutput(child))
    expect(alive(pid)).toBe(true)
    child.stdin?.end('a line\nand another\n')
    await once(child, 'close')
    expect(alive(pid)).toBe(false)
  })

  test('ends when the program ends, with its status, though stdin stays open', async () => {
    const child = watch('sh', '-c', 'echo done; exit 7')
    const [status] = (await once(child, 'close')) as [number]
    expect(status).toBe(7)
  })

  test('ends with the lease, though stdin stays open', async () => {
    const child = watch('timeout', '-k', '1', '1', ...waiting)
    const pid = Number(await firstOutput(child))
    const [status] = (await once(child, 'close')) as [number]
    expect(status).toBe(124)
    expect(alive(pid)).toBe(false)
  })

  test('leaves the program to its lease when shell and watcher are killed, and no longer', async () => {
    const child = watch('timeout', '-k', '1', '1', ...waiting)
    const pid = Number(await firstOutput(child))
    endGroup(child)
    // timeout leads a group of its own; stdout closes when the last of its holders is gone.
    await once(child, 'close')
    expect(alive(pid)).toBe(false)
  })

  test('does not let the program read what is written to its stdin', async () => {
    const child = watch('cat')
    child.stdin?.write('for the watcher\n')
    const chunks: Buffer[] = []
    child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk))
    const [status] = (await once(child, 'close')) as [number]
    expect([status, Buffer.concat(chunks).toString()]).toEqual([0, ''])
  })

  test('passes arguments as they are', async () => {
    expect(await firstOutput(watch('printf', '%s|', '$(id)', 'a b', '*'))).toBe('$(id)|a b|*|')
  })
})

describe('what tcpdump says at its end', () => {
  const start = 'tcpdump: listening on cni0, link-type EN10MB (Ethernet), snapshot length 512 bytes\n'

  test('is read: how many packets the kernel dropped', () => {
    const end = '111 packets captured\n139 packets received by filter\n7 packets dropped by kernel\n'
    expect(droppedIn(start + end)).toBe(7)
    expect(
      droppedIn(
        `${start}\n1 packet captured\n1 packet received by filter\n0 packets dropped by kernel\n3 packets dropped by interface`,
      ),
    ).toBe(0)
  })

  test('is unknown where it did not get to say it', () => {
    expect(droppedIn('')).toBeUndefined()
    expect(droppedIn(`${start}111 packets captured\n`)).toBeUndefined()
  })

  test.each([
    [0, start],
    [124, start],
    [143, 'Terminated'],
    [null, ''],
  ])('is no trouble with status %j', (status, stderr) => {
    expect(explainEnd(status, stderr)).toBeUndefined()
  })

  test.each([
    [127, 'timeout: failed to run command ‘tcpdump’: No such file or directory', 'no-tool', 'tcpdump'],
    [
      1,
      "tcpdump: lo: You don't have permission to perform this capture on that device\n(socket: Operation not permitted)",
      'denied',
      'CAP_NET_RAW',
    ],
    [1, 'tcpdump: eth9: No such device exists\n(No such device exists)', 'no-data', 'eth9: No such device exists'],
    [1, `${start}tcpdump: pcap_loop: The interface disappeared\n`, 'no-data', 'The interface disappeared'],
    [2, '', 'no-data', 'status 2'],
  ])('explains status %j and %j as %s', (status, stderr, missing, words) => {
    const refusal = explainEnd(status, stderr)
    expect(refusal?.missing).toBe(missing)
    expect(refusal?.advice).toContain(words)
  })
})
