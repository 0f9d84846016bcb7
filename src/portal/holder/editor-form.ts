/** The fields of one node of a description as a form: mandatory ones first, each with help, example and what is wrong. */
import type { EditorField } from '#research/catalogue/editor/editor.ts'
import { formName } from '#research/catalogue/editor/form.ts'
import { type DescriptionProblem, problemWords } from '#research/catalogue/gate/problem.ts'
import { tag } from '../ui/components.ts'
import { type Html, html, type Words } from '../ui/markup.ts'
import { type EditorPlace, nodesOf } from './editor-place.ts'

/** What stands in the fields: of the record, or as it was just sent. */
export interface FieldValues {
  get(name: string): string | undefined
  /** All values under one name, as boxes send them. */
  all(name: string): readonly string[]
  /** How many numbered values there are under a name. */
  count(name: string): number
}

export function valuesOf(entries: Iterable<readonly [string, string]>): FieldValues {
  const list = [...entries]
  return {
    get: (name) => list.find(([one]) => one === name)?.[1],
    all: (name) => list.filter(([one, value]) => value !== '' && isUnder(one, name)).map(([, value]) => value),
    count: (name) => new Set(list.flatMap(([one, value]) => (value === '' ? [] : numberUnder(one, name)))).size,
  }
}

/** `healthCategory` itself, or `healthCategory.3`. */
function isUnder(one: string, name: string): boolean {
  return one === name || (one.startsWith(`${name}.`) && /^\d+$/.test(one.slice(name.length + 1)))
}

function numberUnder(one: string, name: string): readonly string[] {
  const rest = one.startsWith(`${name}.`) ? one.slice(name.length + 1) : ''
  const [number = ''] = rest.split('.')
  return /^\d+$/.test(number) ? [number] : []
}

export interface EditorForm {
  readonly words: Words
  readonly values: FieldValues
  readonly problems: readonly DescriptionProblem[]
  readonly place: EditorPlace
  /** Whether what is not mandatory is shown from the beginning. */
  readonly isOpen: boolean
  /** Address of the page of a node inside. */
  readonly inside: (at: string) => string
  /** Codes of lists in words, where there are any. */
  readonly codeName: (code: string) => Html | undefined
}

const NEEDS = ['mandatory', 'recommended', 'optional'] as const

export function editorForm(form: EditorForm): Html {
  const { words, place } = form
  return html`${NEEDS.map((need) => {
    const fields = place.fields.filter((field) => field.need === need)
    if (fields.length === 0) return undefined
    const content = html`${fields.map((field) => oneField(form, field))}`
    return need === 'mandatory'
      ? html`<section><h2>${words('holder.need.mandatory')}</h2>${content}</section>`
      : html`<details class="group"${form.isOpen && html` open`}><summary>${words(`holder.need.${need}`)}</summary>${content}</details>`
  })}`
}

function oneField(form: EditorForm, field: EditorField): Html {
  const { words, place } = form
  const name = place.at === '' ? field.name : `${place.at}.${field.name}`
  const own = problemsAt(form.problems, name, field)
  const label = words.messages.has(field.labelKey) ? words(field.labelKey) : html`${field.property}`
  const help = words.messages.has(field.helpKey) ? words(field.helpKey) : undefined
  const isGroup = field.kind === 'node' || field.many || field.list?.codes !== undefined || field.kind === 'boolean'
  const described = [help && `${name}-help`, own.length > 0 && `${name}-error`].filter((id) => id).join(' ')
  const said = html`${help && html`<p class="help" id="${name}-help">${help}${field.example && html` <code lang="en">${field.example}</code>`}</p>`}${
    own.length > 0 &&
    html`<div id="${name}-error">${own.map(
      (one) =>
        html`<p class="${one.severity === 'violation' ? 'field-error' : 'field-note'}">${problemWords(one, words.messages).wrong}</p>`,
    )}</div>`
  }`
  const wrong = own.some(({ severity }) => severity === 'violation')
  const inputs = inputsOf(form, field, name, described)
  if (!isGroup)
    return html`<div class="field${wrong && ' wrong'}"><label for="${name}">${label}</label>${said}${inputs}</div>`
  return html`<fieldset class="field${wrong && ' wrong'}" id="${name}" tabindex="-1"${described && html` aria-describedby="${described}"`}><legend>${label}</legend>${said}${inputs}</fieldset>`
}

/** Problems of the field itself, and for nodes those of whatever lies inside. */
function problemsAt(
  all: readonly DescriptionProblem[],
  name: string,
  field: EditorField,
): readonly DescriptionProblem[] {
  return all.filter((one) => {
    const at = formName(one.field)
    if (at === name) return true
    const rest = at.startsWith(`${name}.`) ? at.slice(name.length + 1) : ''
    return field.kind !== 'node' && rest !== ''
  })
}

function inputsOf(form: EditorForm, field: EditorField, name: string, described: string): Html {
  if (field.kind === 'node') return nodeLinks(form, field, name)
  if (field.kind === 'text') return field.many ? manyTexts(form, name, field) : oneText(form, name, field, name)
  if (field.kind === 'boolean') return truthInput(form, name)
  if (field.list?.codes) return codeInputs(form, field, name)
  if (field.many) return manyLinks(form, name, field)
  return line(form, name, field, name, described)
}

function line({ values, words }: EditorForm, name: string, field: EditorField, id: string, described = ''): Html {
  const label = words.messages.text(field.labelKey)
  return html`<input type="text" id="${id}" name="${name}" value="${values.get(name) ?? ''}" autocomplete="off" spellcheck="false"${
    id === name ? undefined : html` aria-label="${label}"`
  }${described && html` aria-describedby="${described}"`}>`
}

/** Words with their language; the datatype of a text that had one comes back with it. */
function oneText({ values, words }: EditorForm, name: string, field: EditorField, id: string): Html {
  const label = words.messages.text(field.labelKey)
  const datatype = values.get(`${name}.datatype`)
  return html`<div class="text-row"><textarea id="${id}" name="${name}.value" rows="2" aria-label="${label}">${values.get(`${name}.value`) ?? ''}</textarea>
<input type="text" class="short" name="${name}.language" value="${values.get(`${name}.language`) ?? ''}" maxlength="20" autocomplete="off" aria-label="${words.messages.text('holder.field.language', { label })}">${
    datatype && html`<input type="hidden" name="${name}.datatype" value="${datatype}">`
  }</div>`
}

function manyTexts(form: EditorForm, name: string, field: EditorField): Html {
  const rows = Array.from({ length: form.values.count(name) + 1 }, (_, index) =>
    oneText(form, `${name}.${index}`, field, `${name}.${index}`),
  )
  return html`${rows}<p class="help">${form.words('holder.field.more-texts')}</p>`
}

function manyLinks(form: EditorForm, name: string, field: EditorField): Html {
  const rows = Array.from({ length: form.values.count(name) + 1 }, (_, index) =>
    line(form, `${name}.${index}`, field, `${name}.${index}.input`),
  )
  return html`${rows}<p class="help">${form.words('holder.field.more')}</p>`
}

function truthInput({ values, words }: EditorForm, name: string): Html {
  const value = values.get(name) ?? ''
  return html`${(['true', 'false', ''] as const).map(
    (one) =>
      html`<label class="box"><input type="radio" name="${name}" value="${one}"${one === value && html` checked`}> <span>${words(
        `holder.truth.${one === '' ? 'unsaid' : one}`,
      )}</span></label>`,
  )}`
}

/** A closed list: boxes where several may hold, else one choice. What is not in the list stays and can be unticked. */
function codeInputs({ values, codeName }: EditorForm, field: EditorField, name: string): Html {
  const { base = '', codes = [] } = field.list ?? {}
  const chosen = field.many ? values.all(name) : [values.get(name) ?? ''].filter((one) => one !== '')
  const offered = [...new Set([...codes.map((code) => base + code), ...chosen])]
  const type = field.many ? 'checkbox' : 'radio'
  return html`${field.many && html`<input type="hidden" name="${name}" value="">`}<div class="columns-list">${offered.map(
    (address) => {
      const code = address.startsWith(base) ? address.slice(base.length) : address
      return html`<label class="box"><input type="${type}" name="${name}" value="${address}"${chosen.includes(address) && html` checked`}> <span>${
        codeName(code) ?? html`<code>${code}</code>`
      }</span></label>`
    },
  )}</div>`
}

/** Nodes have pages of their own. */
function nodeLinks({ words, place, inside, problems }: EditorForm, field: EditorField, name: string): Html {
  const nodes = nodesOf(place.node, field)
  const count = (at: string) =>
    problems.filter((one) => `${formName(one.field)}.`.startsWith(`${at}.`) && one.severity === 'violation').length
  const entries = nodes.map((node, index) => {
    const at = field.many ? `${name}.${index}` : name
    const wrong = count(at)
    return html`<li><a href="${inside(at)}">${nodeTitle(node) || words('holder.node.number', { number: index + 1 })}</a>${
      wrong > 0 && html` ${tag(words('holder.node.wrong', { count: wrong }), 'warn')}`
    }</li>`
  })
  const label = words.messages.text(field.labelKey)
  const canAdd = field.many || nodes.length === 0
  return html`<ul class="plain">${entries}${canAdd && html`<li><a href="${inside(field.many ? `${name}.${nodes.length}` : name)}">${words('holder.node.add', { label })}</a></li>`}</ul>`
}

/** The first words in it, in whatever field. */
function nodeTitle(node: Readonly<Record<string, unknown>>): string {
  for (const key of ['title', 'name', 'label', 'notation', 'description', 'start', 'accessUrl', 'email']) {
    const value = node[key]
    const first: unknown = Array.isArray(value) ? value[0] : value
    if (typeof first === 'string') return first
    if (typeof first === 'object' && first !== null && 'value' in first && typeof first.value === 'string')
      return first.value
  }
  return ''
}
