import { writeFileSync } from 'node:fs'
import { podSchema } from '../source/export/pod-schema.ts'
import { jsonSchema } from '../source/export/schema.ts'

// Writes the JSON schemas that ship with kntop. A test fails while a file is not what this writes.
const files = { 'kntop-v1.schema.json': jsonSchema(), 'kntop-v1-pod.schema.json': podSchema() }
for (const [name, schema] of Object.entries(files))
  writeFileSync(new URL(`../docs/${name}`, import.meta.url), `${JSON.stringify(schema, null, 2)}\n`)
