/** Rules of disclosure control in a permit: those of the body, or stricter; never below the floors (`data/disclosure/rules.json`). */
import { DEFAULT_RULES, readDisclosureRules } from '#research/disclosure/read-rules.ts'
import type { DisclosureRules } from '#research/disclosure/rules.ts'
import type { Asked, Written } from '../../case-desk/act.ts'
import { choices, textField } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import { text } from './scope-input.ts'

/** Field of the form → where it stands in the rules. */
const FIELDS = {
  floor: 'frequencyFloor',
  strength: 'perturbation',
  'dominance-share': 'dominance.k',
  'dominance-ratio': 'dominance.p',
  'budget-all': 'privacyBudget.epsilon',
  'budget-answer': 'privacyBudget.perAnswer',
} as const
type RuleField = keyof typeof FIELDS

export function rulesForm({ seen, words }: Asked, { form, errors }: Written): Html {
  const rules = seen.part.permit?.disclosure ?? DEFAULT_RULES
  const errorOf = (name: string) => errors.find(({ field }) => field === name)?.message
  const before = valuesOf(rules)
  const field = (name: RuleField, optional = false): Html =>
    textField(words, {
      name,
      label: words(`access-body.rule.${name}`),
      help: words(`access-body.rule.${name}.help`),
      value: form?.get(name) ?? before[name],
      error: errorOf(name),
      optional,
      width: 'short',
    })
  const choice = (name: string, values: readonly string[], value: string): Html =>
    choices({
      name,
      legend: words(`access-body.rule.${name}`),
      value: form?.get(name) ?? value,
      choices: values.map((one) => ({ value: one, label: words(`access-body.rule.${name}.${one}`) })),
    })
  return html`<fieldset class="group"><legend>${words('access-body.rules')}</legend><p class="help">${words('access-body.rules.help')}</p>${field(
    'floor',
  )}${choice('noise', ['cell-key', 'round'], rules.perturbation.kind)}${field('strength')}${choice(
    'small-cells',
    ['hide', 'refuse'],
    rules.smallCells ?? 'hide',
  )}${field('dominance-share')}${field('dominance-ratio')}${textField(words, {
    name: 'zeros',
    label: words('access-body.rule.zeros'),
    help: words('access-body.rule.zeros.help'),
    value: form?.get('zeros') ?? rules.zerosShownFor.join('\n'),
    optional: true,
    rows: 3,
  })}${field('budget-all', true)}${field('budget-answer', true)}</fieldset>`
}

function valuesOf(rules: DisclosureRules): Readonly<Record<RuleField, string>> {
  const { perturbation, dominance, privacyBudget } = rules
  return {
    floor: String(rules.frequencyFloor),
    strength: String(perturbation.kind === 'round' ? perturbation.base : perturbation.spread),
    'dominance-share': String(dominance.k),
    'dominance-ratio': String(dominance.p),
    'budget-all': privacyBudget ? String(privacyBudget.epsilon) : '',
    'budget-answer': privacyBudget ? String(privacyBudget.perAnswer) : '',
  }
}

export type ReadRules =
  | { readonly rules: DisclosureRules }
  | { readonly field: RuleField; readonly fault: 'no-number' | 'below-floor' }

/** @param base what the form does not show stays as it is there */
export function readRules(form: URLSearchParams, base: DisclosureRules = DEFAULT_RULES): ReadRules {
  const number = (name: RuleField): number => Number(text(form, name).replace(',', '.') || Number.NaN)
  const strength = number('strength')
  const hasBudget = text(form, 'budget-all') !== '' || text(form, 'budget-answer') !== ''
  const { privacyBudget: _budget, ...kept } = base
  const read = readDisclosureRules({
    ...kept,
    frequencyFloor: number('floor'),
    perturbation:
      form.get('noise') === 'round' ? { kind: 'round', base: strength } : { kind: 'cell-key', spread: strength },
    smallCells: form.get('small-cells') === 'refuse' ? 'refuse' : 'hide',
    zerosShownFor: text(form, 'zeros')
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter((line) => line !== ''),
    dominance: { n: 2, k: number('dominance-share'), p: number('dominance-ratio') },
    ...(hasBudget ? { privacyBudget: { epsilon: number('budget-all'), perAnswer: number('budget-answer') } } : {}),
  })
  if (read.ok) return { rules: read.value }
  const path = read.problem.place?.path ?? ''
  const field = fieldAt(path)
  return { field, fault: read.problem.code === 'disclosure-rules-too-lax' ? 'below-floor' : 'no-number' }
}

function fieldAt(path: string): RuleField {
  const found = Object.entries(FIELDS).find(([, place]) => path.startsWith(place))
  return (found?.[0] as RuleField | undefined) ?? 'floor'
}
