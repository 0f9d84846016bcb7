/** Why a description was kept out, in the words that data stewards read in the editor, with the field where each reason stands. */
import { type DescriptionProblem, type ProblemWords, problemWords } from '#research/catalogue/gate/problem.ts'
import { type Html, html, inLanguage, type Words } from '../../ui/markup.ts'

/** The same reason at several fields is told once. */
export interface Reason {
  readonly problem: DescriptionProblem
  readonly said: ProblemWords
  readonly fields: readonly string[]
}

const FIELDS_SHOWN = 3

export function groupedReasons(problems: readonly DescriptionProblem[], { messages }: Words): readonly Reason[] {
  const groups = new Map<string, Reason>()
  for (const problem of problems.map(withoutPersons)) {
    const said = problemWords(problem, messages)
    const key = `${problem.property} ${said.wrong}`
    const fields = [...(groups.get(key)?.fields ?? []), problem.field]
    groups.set(key, { problem, said, fields: [...new Set(fields.filter((field) => field !== ''))] })
  }
  return [...groups.values()]
}

export function reasonItem(words: Words, { problem, said, fields }: Reason): Html {
  const { messages, language } = words
  const found = messages.phrase(`catalogue.problem.${problem.kind}`).language
  const more = fields.length - FIELDS_SHOWN
  return html`<li>${inLanguage(said.wrong, found, language)}<span class="sub">${inLanguage(said.write, found, language)}${
    said.example !== undefined && html` <code lang="en">${said.example}</code>`
  }</span><span class="sub">${words('catalogue.page.harvest.field')} ${fields
    .slice(0, FIELDS_SHOWN)
    .map((field) => html`<code>${field}</code>, `)}${
    more > 0 && html`${words('catalogue.page.harvest.more-fields', { count: more })}, `
  }<code>${problem.property}</code></span></li>`
}

/** Values of these kinds come from code lists, or are dates and numbers. */
const IMPERSONAL_KINDS: readonly DescriptionProblem['kind'][] = ['vocabulary', 'datatype', 'date', 'too-large']
/** Whatever else is described may be a person: a creator, a contact. */
const IMPERSONAL_NODES = ['dcat:Dataset', 'dcat:Distribution', 'dct:PeriodOfTime', 'csvw:Table', 'csvw:Column']

/** A description that was not published may name anybody anywhere; this page names nobody. */
function withoutPersons({ value, ...problem }: DescriptionProblem): DescriptionProblem {
  if (value === undefined) return problem
  const isImpersonal = IMPERSONAL_KINDS.includes(problem.kind) && IMPERSONAL_NODES.includes(problem.on)
  return { ...problem, value: isImpersonal && !value.includes('@') ? value : '…' }
}
