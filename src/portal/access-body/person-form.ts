/** A natural person as an officer writes him down: one of the country's numbers, or another one with its system. */
import { readPerson } from '#research/omop/opt-outs/choice.ts'
import { choices, type FieldError, textField } from '../ui/components.ts'
import { type Html, html } from '../ui/markup.ts'
import { inTongue } from '../ui/site.ts'
import type { PersonNumberKind } from './access-body-options.ts'
import type { BodyVisit } from './body-visit.ts'

export interface PersonInput {
  /** A system of the country's numbers, or `other`. */
  readonly kind?: string
  readonly system?: string
  readonly value?: string
}

export interface NamedPerson extends Required<PersonInput> {
  /** `system|value`. */
  readonly identifier: string
}

const OTHER = 'other'

export function readNamedPerson(
  { options, words }: BodyVisit,
  input: PersonInput,
): { readonly person: NamedPerson } | { readonly errors: readonly FieldError[] } {
  const kinds = options.personNumbers
  const kind = kinds.length === 0 ? OTHER : (input.kind ?? '')
  const known = kinds.find(({ system }) => system === kind)
  const system = known ? known.system : (input.system ?? '').trim()
  // Numbers are written with spaces for people; registers hold them without.
  const value = known ? (input.value ?? '').replace(/\s/g, '') : (input.value ?? '').trim()
  const errors: FieldError[] = []
  const wrong = (field: string, fault: string) => errors.push({ field, message: words(`access-body.fault.${fault}`) })
  if (!known && kind !== OTHER) wrong('kind', 'missing')
  if (kind === OTHER && system === '') wrong('system', 'missing')
  if (value === '') wrong('value', 'missing')
  else if (known?.format !== undefined && !new RegExp(known.format).test(value)) wrong('value', 'no-person-number')
  if (errors.length > 0) return { errors }
  const person = readPerson(`${system}|${value}`)
  if (!person.ok || system.includes('|')) {
    wrong(known ? 'value' : 'system', 'no-person-number')
    return { errors }
  }
  return { person: { kind, system, value, identifier: person.value } }
}

export function personFields(visit: BodyVisit, input: PersonInput, errors: readonly FieldError[]): Html {
  const { words, options } = visit
  const kinds = options.personNumbers
  const errorOf = (field: string) => errors.find((one) => one.field === field)?.message
  const system = textField(words, {
    ...{ name: 'system', label: words('access-body.opt-outs.system') },
    help: words(kinds.length > 0 ? 'access-body.opt-outs.system.other' : 'access-body.opt-outs.system.help'),
    ...{ value: input.system, error: errorOf('system'), optional: kinds.length > 0 },
  })
  const [only] = kinds
  return html`${
    only &&
    choices({
      name: 'kind',
      legend: words('access-body.opt-outs.kind'),
      choices: [
        ...kinds.map((kind) => ({
          value: kind.system,
          label: kindName(visit, kind),
          help: exampleOf(visit, kind),
        })),
        { value: OTHER, label: words('access-body.opt-outs.kind.other') },
      ],
      value: input.kind ?? only.system,
      error: errorOf('kind'),
    })
  }${system}${textField(words, {
    ...{ name: 'value', label: words('access-body.opt-outs.value'), value: input.value, error: errorOf('value') },
    width: 'medium',
  })}`
}

/** What the number of this person is called. */
export function nameOfKind(visit: BodyVisit, { system }: NamedPerson): Html {
  const kind = visit.options.personNumbers.find((one) => one.system === system)
  return kind ? kindName(visit, kind) : html`<code>${system}</code>`
}

function kindName(visit: BodyVisit, { name }: PersonNumberKind): Html {
  const own = name[visit.words.language]
  const [language, text] = own === undefined ? ['en', name.en ?? ''] : [visit.words.language, own]
  return inTongue(visit, language, text)
}

function exampleOf({ words }: BodyVisit, { example }: PersonNumberKind): Html | undefined {
  return example === undefined ? undefined : words('access-body.opt-outs.example', { example })
}
