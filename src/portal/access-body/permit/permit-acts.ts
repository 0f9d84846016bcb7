/** Granting and amending: the permit as it will be executed (EHDS Art. 68(10), 69). */

import { isDay } from '#research/applications/calendar/civil-day.ts'
import { calendarOf } from '#research/applications/procedure.ts'
import type { Person } from '#research/applications/rules/application.ts'
import { PersonSchema } from '#research/applications/rules/application.ts'
import type { Permit } from '#research/permits/permit.ts'
import { type Act, type Acts, type Asked, fieldsOf, type Written } from '../../case-desk/act.ts'
import { type FieldError, textField } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import type { AccessBodyPageOptions } from '../access-body-options.ts'
import { permitNumber } from '../permit-number.ts'
import { type OfferedDataset, offeredDatasets } from './offered.ts'
import { readRules, rulesForm } from './rules-form.ts'
import { box, scopeForm } from './scope-form.ts'
import { readScopes, text } from './scope-input.ts'
import { beginningOf, endOf, monthsLater } from './term.ts'

const TOOLS = ['typed-query', 'sql', 'r'] as const satisfies Permit['tools']

export function permitActs({ tablesOf }: Pick<AccessBodyPageOptions, 'tablesOf'>): Acts {
  const offered = ({ seen }: Asked) => offeredDatasets(seen, tablesOf)
  const grant: Act<'grant'> = {
    confirm: true,
    async render(asked, written) {
      return html`${termFields(asked, written)}${await terms(asked, written, await offered(asked))}`
    },
    async read(form, asked) {
      const [days, shared] = [readDays(form, asked), readTerms(form, asked, await offered(asked))]
      if ('errors' in days || 'errors' in shared) return { errors: [...errorsIn(days), ...errorsIn(shared)] }
      return { facts: { terms: { ...days.value, ...shared.value } } }
    },
  }
  const amend: Act<'decide-amendment'> = {
    async render(asked, written) {
      const fields = [{ name: 'granted', kind: 'yes-no' } as const, { name: 'reasons', kind: 'words' } as const]
      const scope = await terms(asked, written, await offered(asked))
      return html`${fieldsOf(asked.words, fields, written)}<h2>${asked.words('access-body.amendment.terms')}</h2><p>${asked.words(
        'access-body.amendment.only-granted',
      )}</p>${personsField(asked, written)}${scope}`
    },
    async read(form, asked) {
      const [granted, reasons] = [form.get('granted'), text(form, 'reasons')]
      const missing = [...(granted ? [] : ['granted']), ...(reasons === '' ? ['reasons'] : [])]
      const errors = missing.map((field) => ({ field, message: asked.words('access-body.fault.missing') }))
      if (granted !== 'yes') return errors.length > 0 ? { errors } : { facts: { granted: false, reasons } }
      const [shared, persons] = [readTerms(form, asked, await offered(asked)), readPersons(form, asked)]
      if (errors.length > 0 || 'errors' in shared || 'errors' in persons) {
        return { errors: [...errors, ...errorsIn(shared), ...errorsIn(persons)] }
      }
      return { facts: { granted: true, reasons, terms: { ...shared.value, persons: persons.value } } }
    },
  }
  return { grant, 'decide-amendment': amend }
}

type Read<T> = { readonly value: T } | { readonly errors: readonly FieldError[] }

function errorsIn(read: Read<unknown>): readonly FieldError[] {
  return 'errors' in read ? read.errors : []
}

async function terms(asked: Asked, written: Written, datasets: readonly OfferedDataset[]): Promise<Html> {
  return html`${scopeForm(asked, written, datasets)}${toolsField(asked, written)}${rulesForm(asked, written)}`
}

function readTerms(form: URLSearchParams, { seen, words }: Asked, datasets: readonly OfferedDataset[]) {
  const scopes = readScopes(form, datasets)
  const rules = readRules(form, seen.part.permit?.disclosure)
  const tools =
    seen.part.kind === 'data-request'
      ? (['typed-query'] as const)
      : TOOLS.filter((tool) => form.get(`tool-${tool}`) === 'yes')
  const faults = [
    ...scopes.faults,
    ...('fault' in rules ? [[rules.field, rules.fault] as const] : []),
    ...(tools.length === 0 ? [['tools', 'no-tool'] as const] : []),
  ]
  if (faults.length > 0 || 'fault' in rules) {
    return { errors: faults.map(([field, fault]) => ({ field, message: words(`access-body.fault.${fault}`) })) }
  }
  const id = permitNumber(seen.part.memberState)
  return { value: { id, datasets: scopes.datasets, tools, disclosure: rules.rules } }
}

function termFields({ seen, words, now }: Asked, { form, errors }: Written): Html {
  const today = calendarOf(seen.procedure, seen.part.memberState).dayOf(now.toISOString())
  const months = seen.state.application?.answers.months
  const until = monthsLater(today, typeof months === 'number' ? months : 12)
  return html`${(
    [
      ['valid-from', today],
      ['valid-until', until],
    ] as const
  ).map(([name, value]) =>
    textField(words, {
      name,
      label: words(`access-body.field.${name}`),
      help: words('access-body.kind.day'),
      value: form?.get(name) ?? value,
      error: errors.find(({ field }) => field === name)?.message,
      width: 'medium',
    }),
  )}`
}

function readDays(form: URLSearchParams, { seen, words }: Asked): Read<Pick<Permit, 'from' | 'until'>> {
  const calendar = calendarOf(seen.procedure, seen.part.memberState)
  const [from, until] = [text(form, 'valid-from'), text(form, 'valid-until')]
  const wrong = (['valid-from', 'valid-until'] as const).filter((name) => !isDay(text(form, name)))
  if (wrong.length > 0) return { errors: wrong.map((field) => ({ field, message: words('access-body.fault.no-day') })) }
  if (until < from) return { errors: [{ field: 'valid-until', message: words('access-body.fault.backwards') }] }
  return { value: { from: beginningOf(from, calendar), until: endOf(until, calendar) } }
}

function toolsField({ seen, words }: Asked, { form, errors }: Written): Html {
  // Art. 69: a request is answered with statistics; nobody is let in.
  if (seen.part.kind === 'data-request') return html`<p>${words('access-body.tools.request')}</p>`
  const error = errors.find(({ field }) => field === 'tools')?.message
  const before = seen.part.permit?.tools ?? ['typed-query']
  return html`<fieldset class="group${error && ' wrong'}" id="tools"><legend>${words('access-body.permit.tools')}</legend>${
    error && html`<p class="field-error">${error}</p>`
  }${TOOLS.map((tool) =>
    box(
      `tool-${tool}`,
      'yes',
      words(`access-body.tool.${tool}`),
      form ? form.get(`tool-${tool}`) === 'yes' : before.includes(tool),
    ),
  )}</fieldset>`
}

function personsField({ seen, words }: Asked, { form, errors }: Written): Html {
  const before = seen.part.permit?.persons ?? []
  return textField(words, {
    name: 'persons',
    label: words('access-body.permit.persons'),
    help: words('access-body.persons.help'),
    value:
      form?.get('persons') ??
      before.map(({ identifier, name, role }) => `${identifier} ; ${name} ; ${role}`).join('\n'),
    error: errors.find(({ field }) => field === 'persons')?.message,
    rows: 5,
    longest: 20_000,
  })
}

function readPersons(form: URLSearchParams, { words }: Asked): Read<readonly Person[]> {
  const lines = text(form, 'persons')
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
  const read = lines.map((line) => {
    const [identifier, name, role] = line.split(';').map((piece) => piece.trim())
    return PersonSchema.safeParse({ identifier, name, role })
  })
  if (read.length === 0 || read.some(({ success }) => !success)) {
    return { errors: [{ field: 'persons', message: words('access-body.fault.no-persons') }] }
  }
  return { value: read.flatMap((one) => (one.success ? [one.data] : [])) }
}
