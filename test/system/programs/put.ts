// Puts COUNT keys into etcd, one after the other, so that each is a write of its log. node put.ts URL COUNT
const [url = '', count = ''] = process.argv.slice(2)
const encoded = (text: string): string => Buffer.from(text).toString('base64')
for (let index = 0; index < Number(count); index++) {
  const body = JSON.stringify({ key: encoded(`key ${index % 100}`), value: encoded('v'.repeat(500)) })
  const answer = await fetch(`${url}/v3/kv/put`, { method: 'POST', body })
  if (!answer.ok) throw new Error(`etcd answers ${answer.status}: ${await answer.text()}`)
  await answer.arrayBuffer()
}
process.stdout.write('put\n')
