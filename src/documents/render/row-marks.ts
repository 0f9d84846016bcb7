/** What is said in words beside a name that is not in the reader's language, or that has no code. */
import type { Row, SummaryView } from './summary-view.ts'

/** Language of the name of a row when it is not the reader's; '' when unknown, undefined when it is the reader's. */
export function foreignLanguage({ term: [first], fate }: Row, reader: string): string | undefined {
  if (fate === 'none' || typeof first !== 'object') return undefined
  // A bare code stands for words that nobody has.
  if (first.kind === 'coding') return ''
  if (first.kind !== 'words' || first.language.split('-')[0] === reader.split('-')[0]) return undefined
  return first.language
}

/** `en portugais`, `texte sans code`. */
export function rowMarks(row: Row, view: SummaryView): readonly string[] {
  const { messages } = view
  const language = foreignLanguage(row, view.language)
  const name = language ? messages.formats.languageName(language.split('-')[0] ?? language) : undefined
  const marks: string[] = []
  if (language !== undefined) {
    marks.push(
      name === undefined
        ? messages.text('summary.tag.untranslated')
        : messages.text('summary.tag.inLanguage', { language: name }),
    )
  }
  if (row.fate === 'text' && !view.sameLanguage) marks.push(messages.text('summary.tag.text'))
  return marks
}
