/** Spelling of codes. Only what cannot change the meaning: a category is never turned into one of its subcategories. */

const ICD_10 = 'http://hl7.org/fhir/sid/icd-10'
const ATC = 'http://www.whocc.no/atc'

/**
 * The standard spelling of a code that was not found as written, or undefined when there is none.
 * ICD-10: `J459` → `J45.9`, `j45.9` → `J45.9`; dagger and asterisk marks, and the fillers `-` and `X` that some
 * countries write where a category has no fourth character (`I10-`, `I10.X`), go. ATC: upper case, no blanks.
 */
export function standardCode(system: string, code: string): string | undefined {
  const standard =
    system === ICD_10 ? standardIcd10(code) : system === ATC ? code.replace(/\s+/g, '').toUpperCase() : code.trim()
  return standard === code ? undefined : standard
}

function standardIcd10(code: string): string {
  const compact = code
    .trim()
    .toUpperCase()
    .replace(/[†+*!]$/, '')
  const match = /^([A-Z]\d\d)\.?(\d{1,2}|[-X])?$/.exec(compact)
  if (!match) return compact
  const [, category = '', rest] = match
  return rest === undefined || rest === '-' || rest === 'X' ? category : `${category}.${rest}`
}
