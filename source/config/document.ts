import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import { clean } from '../text/clean.ts'
import { WrongUse } from './wrong-use.ts'

/** A YAML file as data, and where in it each part stands. */
export interface YamlDocument {
  readonly file: string
  /** Undefined for an empty file. */
  readonly data: unknown
  /** The line, from 1, of the key or list item at a path; of the last part of the path that exists. */
  lineOf(path: readonly PropertyKey[]): number
}

/** Parses a YAML text. `file` is its name in messages. Throws {@link WrongUse} with the line of the first error. */
export const parseYaml = (text: string, file: string): YamlDocument => {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, strict: true })
  const lineAt = (node: unknown): number | undefined => {
    const offset = (node as Node | null)?.range?.[0]
    return offset === undefined ? undefined : lines.linePos(offset).line
  }
  const refuse = (line: number, why: string): never => {
    throw new WrongUse(`${file}:${line}: ${clean(why.split('\n')[0] ?? '')}`)
  }

  const [problem] = [...document.errors, ...document.warnings]
  if (problem !== undefined) refuse(lines.linePos(problem.pos[0]).line, `not YAML: ${problem.message}`)
  let data: unknown
  try {
    data = document.toJS({ maxAliasCount: 50 }) ?? undefined
  } catch (error) {
    refuse(1, `not YAML: ${error instanceof Error ? error.message : String(error)}`)
  }

  return {
    file,
    data,
    lineOf(path) {
      let node: unknown = document.contents
      let line = lineAt(node) ?? 1
      for (const step of path) {
        if (isAlias(node)) node = node.resolve(document)
        let place: unknown
        if (isMap(node)) {
          const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step))
          place = pair?.key
          node = pair?.value
        } else if (isSeq(node)) {
          node = node.items[Number(step)]
          place = node
        } else break
        line = lineAt(place) ?? line
      }
      return line
    },
  }
}
