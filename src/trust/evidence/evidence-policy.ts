/** Which evidences are made of a transaction, as data (`data/audit/evidence-policy.json`). */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { EVIDENCE_KINDS, type EvidenceKind } from './evidence.ts'

const Policy = z.object({
  version: z.string(),
  policyId: z.string(),
  rules: z.array(
    z.object({
      side: z.enum(['A', 'B']),
      steps: z.array(z.string()),
      message: z.enum(['request', 'response']),
      evidence: z.enum(EVIDENCE_KINDS),
      /** `answered`: there was a response; `succeeded`: and it was no refusal. */
      when: z.enum(['always', 'answered', 'unanswered', 'succeeded']),
    }),
  ),
})

export type EvidencePolicy = z.infer<typeof Policy>

export interface EvidenceOccasion {
  readonly side: 'A' | 'B'
  readonly step: string
  readonly answered: boolean
  readonly succeeded: boolean
}

export interface EvidenceDue {
  readonly kind: EvidenceKind
  readonly part: 'request' | 'response'
  /** False: a rejection, or a message that was not delivered. */
  readonly positive: boolean
}

const FILE = join(import.meta.dirname, '../../../data/audit/evidence-policy.json')
let shipped: EvidencePolicy | undefined

/** The policy that ships, read at the first use. Throws when it is not whole: it is part of the program. */
export function evidencePolicy(): EvidencePolicy {
  shipped ??= Policy.parse(JSON.parse(readFileSync(FILE, 'utf8')))
  return shipped
}

/** What the policy demands of this transaction, in its order. Pure. */
export function evidencesDue(policy: EvidencePolicy, occasion: EvidenceOccasion): readonly EvidenceDue[] {
  const { side, step, answered, succeeded } = occasion
  const holds = { always: true, answered, unanswered: !answered, succeeded }
  return policy.rules
    .filter((rule) => rule.side === side && rule.steps.includes(step) && holds[rule.when])
    .map(({ evidence: kind, message: part }) => ({ kind, part, positive: isPositive(kind, part, occasion) }))
}

/** Who sends vouches for having sent, whatever became of it; who receives accepts or rejects. */
function isPositive(kind: EvidenceKind, part: 'request' | 'response', occasion: EvidenceOccasion): boolean {
  if (kind === 'NRO') return true
  if (kind === 'NRD') return occasion.answered
  return part === 'response' ? occasion.answered : occasion.succeeded
}
