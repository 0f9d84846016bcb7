/** Why a fact of a document is not in the model; `summary.why.<key>` says the same in the reader's language. */
export const REASONS = {
  'missing-entry': 'The section names it but the document does not hold it.',
  'missing-target': 'The statement refers to it but the document does not hold it.',
  'no-resource': 'This entry holds no FHIR resource.',
  'written-twice': 'The field is written twice in one object; the later one is used.',
  'too-many-digits': 'The number has more digits than can be kept.',
  'missing-text': 'The text that this refers to is not in the document.',
  'missing-narrative': 'These words of the narrative are missing.',
  'no-place-for-code': 'The model has no place for this code.',
  'no-place-for-words': 'The model has no place for these words.',
  'no-place-for-number': 'The model has no place for this number.',
  'no-place-for-date': 'This date cannot be expressed.',
  'no-place-for-identifier': 'The model has no place for this identifier.',
  'no-place-for-negation': 'The model does not hold the negation.',
  'no-place-for-reason': 'The model has no place for the reason why this is missing.',
} as const

const KEYS: ReadonlyMap<string, string> = new Map(Object.entries(REASONS).map(([key, sentence]) => [sentence, key]))

/** Key of a reason, undefined when the reason is in free words. */
export function reasonKey(why: string): string | undefined {
  return KEYS.get(why)
}
