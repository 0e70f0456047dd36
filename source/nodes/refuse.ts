import { clean } from '../text/clean.ts'
import type { Refusal } from './probe.ts'

/** That a tier cannot run here, and what a person can do about it. */
export const refuse = (missing: Refusal['missing'], advice: string): Refusal => ({ missing, advice: clean(advice) })
