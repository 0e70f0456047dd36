import { connectOpenSsh } from '../../../../source/nodes/connections/openssh/openssh.ts'

// node hold.ts OPTIONS TOKEN: connects, runs two programs that end with their input and bear the token, says `up`, and holds
// them until it is killed.
const [options = '', token = ''] = process.argv.slice(2)
const signal = new AbortController().signal
const connection = await connectOpenSsh({ ...JSON.parse(options), known: new Set<string>() }, signal)
for (const _ of [1, 2]) {
  const channel = await connection.stream({ argv: ['sh', '-c', `cat; : ${token}`] }, signal)
  channel.onData(() => undefined)
}
process.stdout.write('up\n')
setInterval(() => undefined, 60_000)
