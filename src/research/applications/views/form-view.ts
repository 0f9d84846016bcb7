/** A form as a page shows it: fields in their order with words, options, answers, and what is still wrong. */
import type { Answer, Answers, CaseKind } from '../rules/application.ts'
import { checkAnswers, type Finding, isRequired } from '../rules/check-answers.ts'
import { type Field, optionsOf, type RuleSet, type Text } from '../rules/rule-set.ts'

export interface FormView {
  readonly article: string
  readonly sections: readonly { readonly id: string; readonly label: string; readonly fields: readonly FieldView[] }[]
  /** No finding is left. */
  readonly complete: boolean
}

export interface FieldView {
  readonly id: string
  readonly type: Field['type']
  readonly article: string
  readonly label: string
  readonly help?: string
  readonly required: boolean
  readonly options: readonly { readonly code: string; readonly label: string }[]
  readonly answer?: Answer
  readonly findings: readonly Finding[]
}

/**
 * @param language of labels and help; those in the rules are English and French, others get English
 * @param day for what applies from a day on (Art. 105)
 */
export function formView(kind: CaseKind, answers: Answers, rules: RuleSet, language: string, day: string): FormView {
  const findings = checkAnswers(kind, answers, rules, day)
  const words = (text: Text): string => (language === 'fr' ? text.fr : text.en)
  const fieldView = (field: Field): FieldView => ({
    id: field.id,
    type: field.type,
    article: field.article,
    label: words(field.label),
    ...(field.help ? { help: words(field.help) } : {}),
    required: isRequired(field, answers),
    options: optionsOf(rules, field).map(({ code, label }) => ({ code, label: words(label) })),
    ...(answers[field.id] === undefined ? {} : { answer: answers[field.id] }),
    findings: findings.filter((finding) => finding.field === field.id),
  })
  const { article, sections } = rules.forms[kind]
  return {
    article,
    sections: sections.map(({ id, label, fields }) => ({ id, label: words(label), fields: fields.map(fieldView) })),
    complete: findings.length === 0,
  }
}
