// An ssh server that asks whoever comes for a passphrase, as only their own ssh may. node asking-server.ts KEY PORT: prints
// `listening`, and a line of JSON for each answer.
import { readFileSync } from 'node:fs'
import ssh2 from 'ssh2'

const [key = '', port] = process.argv.slice(2)
const say = (line: string): void => void process.stdout.write(`${line}\n`)
const prompt = { prompt: "\u001b[2JEnter passphrase for key '/home/karin/.ssh/id_ed25519': ", echo: false }

const server = new ssh2.Server({ hostKeys: [readFileSync(key)] }, (client) => {
  client.on('error', () => undefined)
  client.on('authentication', (context) => {
    if (context.method !== 'keyboard-interactive') return context.reject(['keyboard-interactive'])
    say('asked')
    context.prompt([prompt], (answers) => {
      say(JSON.stringify({ answers }))
      context.reject()
    })
  })
})
server.listen(Number(port), '127.0.0.1', () => say('listening'))
