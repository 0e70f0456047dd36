import { type Inquiry, inquiryKey } from '../../events/inquiry.ts'

/** That a person said yes to what a look costs. */
export interface Consent {
  /** The key of the inquiry without it: what was meant, and nothing else. */
  readonly of: string
  /** Our monotonic ms. */
  readonly at: number
}

/** The inquiry that was agreed to; undefined: nobody agreed to this one. */
export const agreedTo = (inquiry: Inquiry, consent: Consent | undefined): Inquiry | undefined =>
  consent !== undefined && consent.of === inquiryKey(inquiry) ? { ...inquiry, consent: consent.at } : undefined
