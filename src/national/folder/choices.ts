/** A patient's choices in the register: the most specific one decides. */
import type { RegisteredChoice } from './patients-file.ts'

/**
 * True or false when a choice covers the country and the document class; undefined when none does. A named country
 * outweighs a named class; of two equally specific choices the refusal holds (EHDS Art. 8 and 10: the patient's restriction).
 */
export function choicePermits(
  choices: readonly RegisteredChoice[],
  country: string,
  documentClass: string,
): boolean | undefined {
  const covering = choices.filter(
    (choice) =>
      (choice.country === '*' || choice.country === country) &&
      (choice.documentClass === '*' || choice.documentClass === documentClass),
  )
  if (covering.length === 0) return undefined
  const highest = Math.max(...covering.map(specificity))
  return covering.every((choice) => specificity(choice) < highest || choice.decision === 'permit')
}

function specificity({ country, documentClass }: RegisteredChoice): number {
  return (country === '*' ? 0 : 2) + (documentClass === '*' ? 0 : 1)
}
