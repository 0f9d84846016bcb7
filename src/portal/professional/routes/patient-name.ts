import type { JourneyState } from '../journey.ts'

/** As it heads the pages of a patient: family name first, in capitals. */
export function patientName({ identity }: JourneyState): string {
  if (!identity) return ''
  const { family, given } = identity.candidate
  return `${family.toLocaleUpperCase('und')} ${given.join(' ')}`
}
