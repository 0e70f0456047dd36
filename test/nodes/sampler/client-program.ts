// A client that opens a sampler in the shell named by its arguments, says so once it has answered, and stays.
import { connectLocal } from '../../../source/nodes/connections/local.ts'
import { planOf } from '../../../source/nodes/plan.ts'
import { probes } from '../../../source/nodes/probes.ts'
import { openSampler } from '../../../source/nodes/sampler/session.ts'

const [first = 'sh', ...rest] = process.argv.slice(2)
const sampler = await openSampler({
  connection: await connectLocal(),
  takes: planOf(probes).takes,
  onFrame: () => process.stdout.write('answered\n'),
  signal: new AbortController().signal,
  shell: [first, ...rest],
})
sampler.tick([1, 5, 60])
