import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { cacheFolder } from './names.ts'

/** Beside the lab, because it outlives one that is taken down and brought up again. */
const file = join(cacheFolder, 'in-use')

/** A suite that uses the lab now, by its pid; undefined where there is none, or it was killed. */
const user = (): number | undefined => {
  if (!existsSync(file)) return undefined
  const pid = Number(readFileSync(file, 'utf8'))
  return pid !== process.pid && existsSync(`/proc/${pid}`) ? pid : undefined
}

/** Throws if a suite uses the lab: it must find it as it left it. */
export const refuseIfUsed = (): void => {
  const pid = user()
  if (pid !== undefined) throw new Error(`tests use the lab now, as process ${pid}: wait for them, or end that process`)
}

/** Keeps everybody else from changing the lab until it is released, or this process is gone. */
export const claimLab = (): void => {
  refuseIfUsed()
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, String(process.pid))
}

export const releaseLab = (): void => rmSync(file, { force: true })
