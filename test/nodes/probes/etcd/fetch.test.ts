import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { answerOf, fetchScript, urlsToAsk, usualUrl } from '../../../../source/nodes/probes/etcd/fetch.ts'
import { shellProgram } from '../../../../source/nodes/sampler/shell.ts'
import { mark } from '../../processes.ts'
import { demand } from '../../sampler/awks.ts'
import { metricsText } from './metrics-text.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kntop-etcd-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Runs the script with a curl of our own, whose shell text sees the URL as the last argument. */
const runWithCurl = (curl: string, urls: readonly string[]): string => {
  writeFileSync(join(folder, 'curl'), `#!/bin/sh\nfor url do :; done\n${curl}\n`, { mode: 0o755 })
  const { text, args } = fetchScript('curl', urls)
  const env = { ...process.env, PATH: `${folder}:${process.env['PATH']}` }
  return spawnSync('sh', ['-c', text, 'kntop', ...args], { encoding: 'utf8', env }).stdout
}

const serving = (text: string): string => `cat <<'END'\n${text}END`

describe('reading the metrics of etcd on a node', () => {
  it('passes on nothing but the family', () => {
    const noise = 'go_goroutines 77\n'.repeat(5000)
    const output = runWithCurl(serving(`${noise}${metricsText([0.5, 3])}${noise}`), [usualUrl])
    expect(output).not.toContain('go_goroutines')
    expect(output.length).toBeLessThan(2000)
    expect(answerOf(output, 'curl', [usualUrl])).toMatchObject({ url: usualUrl, histogram: { sum: 0.0035 } })
  })

  it('asks the next URL where one does not answer as etcd, and none after it', () => {
    const urls = ['http://127.0.0.1:1/', 'http://127.0.0.1:2/', 'http://127.0.0.1:3/']
    const output = runWithCurl(`case $url in *:1/) exit 7;; *:2/) ${serving(metricsText([4]))}\n;; esac`, urls)
    expect(output).not.toContain('url 3')
    expect(answerOf(output, 'curl', urls)).toMatchObject({ url: urls[1] })
  })

  it('hands a URL over as it is, whatever it holds', () => {
    const urls = urlsToAsk(['http://127.0.0.1:9/$(echo gone)`id`\'"'])
    const output = runWithCurl('printf "etcd_disk_wal_fsync_duration_seconds %s\\n" "$url"', urls)
    expect(output).toContain(urls[0])
  })

  it.each([
    ['exit 7', 'not-applicable', 'no etcd listens here'],
    ['exit 22', 'no-data', 'answers with an HTTP error'],
    ['exit 28', 'no-data', 'did not answer within 3 s'],
    ['exit 60', 'no-data', 'certificate'],
    ['exit 99', 'no-data', 'ended with 99'],
    ['echo up 1', 'no-data', 'is not etcd'],
  ])('says why there is nothing after: %s', (curl, missing, advice) => {
    const answer = answerOf(runWithCurl(curl, [usualUrl]), 'curl', [usualUrl])
    expect(answer).toMatchObject({ missing, advice: expect.stringContaining(advice) })
  })

  it('tells of the URL that failed rather than of the usual one where nobody listens', () => {
    const urls = ['http://127.0.0.1:9/metrics', usualUrl]
    const answer = answerOf(runWithCurl('case $url in *:9/*) exit 22;; *) exit 7;; esac', urls), 'curl', urls)
    expect(answer).toMatchObject({ advice: expect.stringContaining('http://127.0.0.1:9/metrics answers') })
  })
})

describe('where somebody answers a byte now and then, and never ends', () => {
  const trickle = async (): Promise<string> => {
    const server = createServer((_, response) => {
      const timer = setInterval(() => response.write('x'), 500)
      response.on('close', () => clearInterval(timer))
    })
    onTestFinished(() => {
      server.close()
      server.closeAllConnections()
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`
  }

  it.each(['curl', 'wget'] as const)('nothing is left behind once kntop is gone: %s', async (getter) => {
    demand(getter, 'timeout')
    const url = await trickle()
    const marked = mark()
    onTestFinished(marked.forget)
    // As behind sshd: the end of a channel closes what is read and written, and ends nobody.
    const { argv, input } = shellProgram(fetchScript(getter, [url]).text, [url])
    const child = spawn(argv[0], argv.slice(1), { stdio: ['pipe', 'pipe', 'ignore'] })
    child.stdin.write(input ?? '')
    await expect.poll(() => marked.named(url).length).toBeGreaterThan(0)
    child.stdin.end()
    child.stdout.destroy()
    await marked.none()
  })

  it.each(['curl', 'wget'] as const)('that is what is told: %s', async (getter) => {
    const url = await trickle()
    const { text, args } = fetchScript(getter, [url])
    const child = spawn('sh', ['-c', text, 'kntop', ...args], { stdio: ['ignore', 'pipe', 'ignore'] })
    const output = (await child.stdout.toArray()).join('')
    expect(answerOf(output, getter, [url])).toEqual({
      missing: 'no-data',
      advice: expect.stringContaining('did not answer within 3 s') as unknown,
    })
  })
})

describe('the URLs to ask', () => {
  it('are those named and then the usual one, each once', () => {
    expect(urlsToAsk(['http://10.0.0.1:2381/metrics', usualUrl])).toEqual(['http://10.0.0.1:2381/metrics', usualUrl])
  })

  it.each(['file:///etc/shadow', 'gopher://x/', 'http://user:word@x/', '-o /tmp/x', ''])('leave out %j', (url) => {
    expect(urlsToAsk([url])).toEqual([usualUrl])
  })
})
