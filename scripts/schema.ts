import { writeFileSync } from 'node:fs'
import { jsonSchema } from '../source/export/schema.ts'

// Writes the JSON schema that ships with kntop. A test fails while the file is not what this writes.
writeFileSync(new URL('../docs/kntop-v1.schema.json', import.meta.url), `${JSON.stringify(jsonSchema(), null, 2)}\n`)
