/** Concepts of a question: their numbers, found by words and added by buttons. */
import { textField } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import { conceptResults, type Found } from '../cohorts/event-fields.ts'
import { type CaseVisit, caseAddress } from '../visit.ts'
import type { QuestionForm } from './question-form.ts'

const LISTS = { conditions: ['Condition'], measured: ['Measurement'] } as const
export type ListName = keyof typeof LISTS

const FOUND = 10

export interface ListChange {
  readonly form: QuestionForm
  readonly found?: readonly [ListName, Found]
}

/** What a button of a list asks for; undefined: the question itself is sent. */
export async function listChange(
  { options }: CaseVisit,
  form: QuestionForm,
  sent: URLSearchParams,
): Promise<ListChange | undefined> {
  const [what, place, id = ''] = (sent.get('do') ?? '').split(':')
  const name = place === 'conditions' || place === 'measured' ? place : undefined
  if (!name) return undefined
  if (what === 'pick') return { form: /^\d{1,15}$/.test(id) ? { ...form, [name]: withNumber(form[name], id) } : form }
  const text = (sent.get(`${name}-find`) ?? '').trim().slice(0, 200)
  const concepts = text === '' ? [] : await options.concepts({ text, domains: LISTS[name], limit: FOUND })
  return { form, found: [name, { text, concepts }] }
}

function withNumber(text: string, id: string): string {
  const numbers = text.split(/[\s,;]+/).filter((one) => one !== '')
  return numbers.includes(id) ? text : [...numbers, id].join(', ')
}

export interface ConceptList {
  readonly name: ListName
  readonly value: string
  readonly found: readonly [ListName, Found] | undefined
  readonly error: Html | undefined
}

export function conceptList(visit: CaseVisit, { name, value, found, error }: ConceptList): Html {
  const { words } = visit
  const here = found?.[0] === name ? found[1] : undefined
  const label = words(`research.ask.${name}`)
  const action = caseAddress(visit, '/study/ask')
  return html`${textField(words, { name, label, help: words(`research.ask.${name}.help`), value, error, optional: true })}<div class="field"><label for="${name}-find">${words('research.event.find')}</label><div class="search-line"><input type="text" id="${name}-find" name="${name}-find" value="${here?.text ?? ''}" maxlength="200"><button class="btn other" name="do" value="find:${name}" formaction="${action}#${name}">${words('research.event.search')}</button></div></div>${here && conceptResults(visit, action, name, here)}`
}
