/** Membership in any of several value sets. */
import type { Coded, Membership, Terminology } from '#terminology/terminology.ts'

/** `not-member` only when every set is known not to have the code; without any set nothing is known. */
export function membershipOf(terminology: Terminology, valueSets: readonly string[], coded: Coded): Membership {
  const answers = valueSets.map((valueSet) => terminology.membership(valueSet, coded.system, coded.code))
  if (answers.includes('member')) return 'member'
  return answers.length > 0 && answers.every((answer) => answer === 'not-member') ? 'not-member' : 'unknown'
}
