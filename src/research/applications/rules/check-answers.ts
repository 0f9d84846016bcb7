/** Are the answers of a form complete and lawful? Every finding at once, so that nobody submits five times. */
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { Day } from '../calendar/civil-day.ts'
import {
  type Answer,
  type Answers,
  type Application,
  ApplicationSchema,
  type CaseKind,
  type DatasetChoice,
  type Person,
} from './application.ts'
import { type Field, optionsOf, type RuleSet } from './rule-set.ts'

export type FindingCode =
  | 'answer-missing'
  | 'answer-unknown'
  | 'answer-wrong-type'
  | 'answer-not-an-option'
  | 'answer-out-of-bounds'
  | 'purpose-for-public-bodies'
  | 'use-not-excluded'
  | 'category-not-yet-applicable'
  | 'no-principal-investigator'
  | 'person-twice'
  | 'dataset-twice'

export interface Finding {
  readonly code: FindingCode
  /** Field of the form. */
  readonly field: string
  readonly article: string
  readonly sentence: string
}

export type ApplicationProblemCode = 'application-incomplete'

/**
 * The application, or the first of its findings as a problem.
 * @param day when it is submitted: categories apply from different days (Art. 105)
 */
export function readApplication(
  kind: CaseKind,
  answers: Answers,
  rules: RuleSet,
  day: Day,
): Result<Application, ApplicationProblemCode> {
  const [first] = checkAnswers(kind, answers, rules, day)
  if (first) return incomplete(first.sentence, first.field)
  const text = (id: string): string => {
    const answer = answers[id]
    return typeof answer === 'string' ? answer : ''
  }
  const read = ApplicationSchema.safeParse({
    kind,
    title: text('title'),
    summary: text('summary'),
    applicant: {
      identifier: text('applicantIdentifier'),
      name: text('applicantName'),
      kind: text('applicantKind'),
      country: text('applicantCountry'),
    },
    persons: answers.persons,
    purposes: answers.purposes,
    categories: answers.categories,
    datasets: answers.datasets,
    // Art. 69(1): a data request is answered with anonymised statistics.
    data: kind === 'data-request' ? 'anonymised' : answers.data,
    accelerated: kind === 'data-permit' && isAccelerated(answers, rules),
    ...(answers.optOutException === true ? { optOutException: text('optOutJustification') } : {}),
    answers,
  })
  return read.success
    ? ok(read.data)
    : incomplete('An answer is not of the expected form.', read.error.issues[0]?.path.join('.') ?? '')
}

/** Everything that is missing or not allowed, in the order of the form. */
export function checkAnswers(kind: CaseKind, answers: Answers, rules: RuleSet, day: Day): readonly Finding[] {
  const fields = rules.forms[kind].sections.flatMap((section) => section.fields)
  const known = new Set(fields.map(({ id }) => id))
  const unknown = Object.keys(answers)
    .filter((id) => !known.has(id))
    .map(
      (id): Finding => ({ code: 'answer-unknown', field: id, article: '70', sentence: `The form has no field ${id}.` }),
    )
  return [...unknown, ...fields.flatMap((field) => checkField(field, answers, rules, day))]
}

/** Is this field needed, given the other answers? */
export function isRequired(field: Field, answers: Answers): boolean {
  if (typeof field.required === 'boolean') return field.required
  return (answers[field.required.field] ?? false) === field.required.is
}

function checkField(field: Field, answers: Answers, rules: RuleSet, day: Day): readonly Finding[] {
  const answer = answers[field.id]
  if (answer === undefined || isEmpty(answer)) {
    return isRequired(field, answers) ? [finding('answer-missing', field, `“${field.label.en}” is not answered.`)] : []
  }
  if (!hasType(field, answer)) {
    return [finding('answer-wrong-type', field, `“${field.label.en}” cannot be read as ${field.type}.`)]
  }
  return [...checkBounds(field, answer), ...checkOptions(field, answer, rules), ...checkLaw(field, answers, rules, day)]
}

function checkBounds(field: Field, answer: Answer): readonly Finding[] {
  const tooLong = typeof answer === 'string' && answer.length > (field.longest ?? 20_000)
  const outside = typeof answer === 'number' && (answer < (field.least ?? answer) || answer > (field.most ?? answer))
  const backwards = isPeriod(answer) && answer.from > answer.to
  if (!tooLong && !outside && !backwards) return []
  return [finding('answer-out-of-bounds', field, `“${field.label.en}” is outside what is allowed.`)]
}

function checkOptions(field: Field, answer: Answer, rules: RuleSet): readonly Finding[] {
  if (!['choice', 'choices', 'attestations'].includes(field.type)) return []
  const codes = new Set(optionsOf(rules, field).map(({ code }) => code))
  const wrong = textsOf(answer).find((code) => !codes.has(code))
  if (wrong === undefined) return []
  return [finding('answer-not-an-option', field, `“${field.label.en}” does not offer ${wrong.slice(0, 40)}.`)]
}

function checkLaw(field: Field, answers: Answers, rules: RuleSet, day: Day): readonly Finding[] {
  const answer = answers[field.id] ?? ''
  switch (field.id) {
    case 'purposes': {
      // Art. 53(2): purposes a to c are for public sector bodies, Union bodies, and those who act for them.
      const reserved = rules.purposes.find(
        ({ code, publicBodiesOnly }) => publicBodiesOnly && textsOf(answer).includes(code),
      )
      if (!reserved || actsForPublicBody(answers, rules)) return []
      const sentence = `Purpose ${reserved.code} is reserved to public bodies and those who act for them.`
      return [{ ...finding('purpose-for-public-bodies', field, sentence), article: '53(2)' }]
    }
    case 'prohibitedUses': {
      const open = rules.prohibitedUses.find(({ code }) => !textsOf(answer).includes(code))
      return open ? [finding('use-not-excluded', field, `Use ${open.code} of Art. 54 is not excluded.`)] : []
    }
    case 'categories':
      return rules.categories
        .filter(({ code, appliesFrom }) => textsOf(answer).includes(code) && isTooEarly(appliesFrom, rules, day))
        .map(({ code, appliesFrom }) => ({
          ...finding('category-not-yet-applicable', field, `Category ${code} is made available from ${appliesFrom}.`),
          article: '105',
        }))
    case 'persons':
      return checkPersons(field, answer)
    case 'datasets': {
      const names = choicesOf(answer).map(({ dataset }) => dataset)
      return new Set(names).size < names.length ? [finding('dataset-twice', field, 'A dataset is named twice.')] : []
    }
    default:
      return []
  }
}

/** Before the chapter applies at all, a body works on a voluntary footing, and no category is late (Art. 105). */
function isTooEarly(appliesFrom: Day, rules: RuleSet, day: Day): boolean {
  return day >= rules.appliesFrom && day < appliesFrom
}

function checkPersons(field: Field, answer: Answer): readonly Finding[] {
  const persons = personsOf(answer)
  const found: Finding[] = []
  if (!persons.some(({ role }) => role === 'principal-investigator')) {
    found.push(finding('no-principal-investigator', field, 'No principal investigator is named.'))
  }
  if (new Set(persons.map(({ identifier }) => identifier)).size < persons.length) {
    found.push(finding('person-twice', field, 'A person is named twice.'))
  }
  return found
}

/** Art. 68(6): a public body with a mandate in public health, for purposes a to c only. */
function isAccelerated(answers: Answers, rules: RuleSet): boolean {
  const reserved = new Set<string>(
    rules.purposes.filter(({ publicBodiesOnly }) => publicBodiesOnly).map(({ code }) => code),
  )
  return (
    answers.publicHealthMandate === true &&
    isPublicBody(answers, rules) &&
    textsOf(answers.purposes ?? []).every((code) => reserved.has(code))
  )
}

function isPublicBody(answers: Answers, rules: RuleSet): boolean {
  return rules.applicantKinds.some(({ code, publicBody }) => publicBody && code === answers.applicantKind)
}

function actsForPublicBody(answers: Answers, rules: RuleSet): boolean {
  return isPublicBody(answers, rules) || answers.onBehalfOfPublicBody === true
}

function hasType(field: Field, answer: Answer): boolean {
  switch (field.type) {
    case 'text':
    case 'long-text':
    case 'choice':
      return typeof answer === 'string'
    case 'country':
      return typeof answer === 'string' && /^[A-Z]{2}$/.test(answer)
    case 'boolean':
      return typeof answer === 'boolean'
    case 'number':
      return typeof answer === 'number' && Number.isSafeInteger(answer)
    case 'period':
      return isPeriod(answer)
    case 'choices':
    case 'attestations':
      return Array.isArray(answer) && textsOf(answer).length === answer.length
    case 'persons':
      return Array.isArray(answer) && personsOf(answer).length === answer.length
    case 'datasets':
      return Array.isArray(answer) && choicesOf(answer).length === answer.length
  }
}

function isEmpty(answer: Answer): boolean {
  return (typeof answer === 'string' && answer.trim() === '') || (Array.isArray(answer) && answer.length === 0)
}

function isPeriod(answer: Answer): answer is { from: string; to: string } {
  return typeof answer === 'object' && !Array.isArray(answer)
}

function textsOf(answer: Answer): readonly string[] {
  if (typeof answer === 'string') return [answer]
  return Array.isArray(answer) ? answer.filter((one) => typeof one === 'string') : []
}

function personsOf(answer: Answer): readonly Person[] {
  return Array.isArray(answer) ? answer.filter((one) => typeof one === 'object' && 'identifier' in one) : []
}

function choicesOf(answer: Answer): readonly DatasetChoice[] {
  return Array.isArray(answer) ? answer.filter((one) => typeof one === 'object' && 'dataset' in one) : []
}

function finding(code: FindingCode, field: Field, sentence: string): Finding {
  return { code, field: field.id, article: field.article, sentence }
}

function incomplete(sentence: string, path: string): Result<never, ApplicationProblemCode> {
  return failed('application-incomplete', sentence, 'Complete the form, then submit it again.', { path })
}
