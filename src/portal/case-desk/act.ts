/**
 * What a person can do in a case, as a form: the fields of each command as data, and how what was written becomes the facts
 * of the command. Whether it may be done is decided by the case (`case/decide.ts`), never here.
 */
import { isDay } from '#research/applications/calendar/civil-day.ts'
import type { CommandOf, PartCommand } from '#research/applications/case/commands.ts'
import { choices, type FieldError, textField } from '../ui/components.ts'
import { type Html, html, type Words } from '../ui/markup.ts'
import type { PartSeen } from './acting.ts'

/** `lines`: one entry in each line. `euros`: an amount with two decimals. */
export type ActFieldKind = 'words' | 'lines' | 'text' | 'day' | 'number' | 'euros' | 'choice' | 'yes-no'

export interface ActField {
  readonly name: string
  readonly kind: ActFieldKind
  readonly optional?: true
  /** Of a `choice`: value and label. */
  readonly options?: readonly (readonly [value: string, label: Html])[]
  /** What stands in it before anything was written. */
  readonly value?: string
}

type Envelope = 'kind' | 'at' | 'by' | 'memberState'
export type FactsOf<Kind extends PartCommand['kind']> = Omit<CommandOf<Kind>, Envelope>

/** What a form is shown and read with. */
export interface Asked {
  readonly seen: PartSeen
  readonly words: Words
  readonly now: Date
}

/** What was sent before, with what is wrong in it. */
export interface Written {
  readonly form: URLSearchParams | undefined
  readonly errors: readonly FieldError[]
}

export type ReadFacts<Kind extends PartCommand['kind']> =
  | { readonly facts: FactsOf<Kind> }
  | { readonly errors: readonly FieldError[] }

export interface Act<Kind extends PartCommand['kind']> {
  readonly render: (asked: Asked, written: Written) => Html | Promise<Html>
  readonly read: (form: URLSearchParams, asked: Asked) => ReadFacts<Kind> | Promise<ReadFacts<Kind>>
  /** What follows at once is said above the button, and must be ticked. */
  readonly confirm?: true
}

export type Acts = { readonly [Kind in PartCommand['kind']]?: Act<Kind> }

/** An act whose form is a list of plain fields. */
export function plainAct<Kind extends PartCommand['kind']>(
  fields: (seen: PartSeen, words: Words) => readonly ActField[],
  facts: (input: ActInput, seen: PartSeen) => FactsOf<Kind>,
  more: Pick<Act<Kind>, 'confirm'> = {},
): Act<Kind> {
  return {
    ...more,
    render: ({ seen, words }, written) => fieldsOf(words, fields(seen, words), written),
    read(form, { seen, words }) {
      const { input, faults } = readInput(form, fields(seen, words))
      return faults.size > 0 ? { errors: faultErrors(words, faults) } : { facts: facts(input, seen) }
    },
  }
}

/** What was written, field by field; what is missing or cannot be read is collected. */
export interface ActInput {
  words(name: string): string
  lines(name: string): readonly string[]
  number(name: string): number
  /** In cents. */
  euros(name: string): number
  isYes(name: string): boolean
  /** Absent when nothing was written. */
  given(name: string): string | undefined
}

export type InputFault = 'missing' | 'no-number' | 'no-amount' | 'no-day'

export interface ReadInput {
  readonly input: ActInput
  readonly faults: Map<string, InputFault>
}

const AMOUNT = /^\d{1,9}([.,]\d{1,2})?$/

export function readInput(form: URLSearchParams, fields: readonly ActField[]): ReadInput {
  const faults = new Map<string, InputFault>()
  const text = (name: string): string => (form.get(name) ?? '').trim().replaceAll('\r\n', '\n')
  for (const { name, kind, optional } of fields) {
    const fault = faultOf(text(name), kind)
    if (fault !== undefined && !(optional && text(name) === '')) faults.set(name, fault)
  }
  const given = (name: string): string | undefined => text(name) || undefined
  return {
    faults,
    input: {
      words: text,
      given,
      lines: (name) =>
        text(name)
          .split('\n')
          .map((line) => line.trim())
          .filter((line) => line !== ''),
      number: (name) => Number(text(name)),
      euros: (name) => centsOf(text(name)),
      isYes: (name) => text(name) === 'yes',
    },
  }
}

function faultOf(text: string, kind: ActFieldKind): InputFault | undefined {
  if (text === '') return 'missing'
  if (kind === 'number' && !/^\d{1,6}$/.test(text)) return 'no-number'
  if (kind === 'euros' && !AMOUNT.test(text)) return 'no-amount'
  return kind === 'day' && !isDay(text) ? 'no-day' : undefined
}

/** `1 234,50` is written without spaces: `1234,50`. */
export function centsOf(text: string): number {
  return Math.round(Number(text.replace(',', '.')) * 100)
}

export function faultErrors(words: Words, faults: ReadonlyMap<string, InputFault>): readonly FieldError[] {
  return [...faults].map(([field, fault]) => ({ field, message: words(`access-body.fault.${fault}`) }))
}

export function fieldsOf(words: Words, fields: readonly ActField[], { form, errors }: Written): Html {
  return html`${fields.map((field) => {
    const { name } = field
    const error = errors.find((one) => one.field === name)?.message
    return oneField(words, field, form?.get(name) ?? field.value, error)
  })}`
}

function oneField(words: Words, field: ActField, value: string | undefined, error: Html | undefined): Html {
  const { name, kind } = field
  const label = words(`access-body.field.${name}`)
  const helpKey = `access-body.field.${name}.help`
  const help = words.messages.has(helpKey) ? words(helpKey) : undefined
  if (kind === 'choice' || kind === 'yes-no') {
    const yesNo = ['yes', 'no'].map((one) => [one, words(`access-body.answer.${one}`)] as const)
    const offered = kind === 'choice' ? (field.options ?? []) : yesNo
    const list = offered.map(([one, text]) => ({ value: one, label: text }))
    return choices({ name, legend: label, help, choices: list, value, error })
  }
  const rows = kind === 'words' ? { rows: 5, longest: 20_000 } : kind === 'lines' ? { rows: 4, longest: 20_000 } : {}
  const width = kind === 'day' || kind === 'number' || kind === 'euros' ? { width: 'medium' as const } : {}
  return textField(words, {
    name,
    label,
    help: help ?? kindHelp(words, kind),
    value,
    error,
    optional: field.optional,
    ...rows,
    ...width,
  })
}

function kindHelp(words: Words, kind: ActFieldKind): Html | undefined {
  if (kind === 'day') return words('access-body.kind.day')
  if (kind === 'lines') return words('access-body.kind.lines')
  return kind === 'euros' ? words('access-body.kind.euros') : undefined
}
