import type { Missing } from '../../events/origin.ts'
import { clean } from '../../text/clean.ts'
