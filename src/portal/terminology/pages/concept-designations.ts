/** Every designation of a concept, by language: the reader's languages first, then the others by name. */
import { tag } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import type { ConceptView, DesignationEntry } from '../browser.ts'
import { baseOf } from '../reader.ts'
import { counted, languageName, plainText } from '../terms.ts'
import type { Visit } from '../visit.ts'

interface LanguageGroup {
  readonly language: string | undefined
  readonly entries: readonly DesignationEntry[]
}

export function designationsSection(visit: Visit, { designations }: ConceptView): Html {
  const { words } = visit
  const groups = byLanguage(visit, designations)
  return html`<section class="block" aria-labelledby="designations"><h2 id="designations">${words(
    'terminology.concept.designations',
  )}</h2>${
    groups.length === 0
      ? html`<p class="quiet">${words('terminology.concept.no-designations')}</p>`
      : html`<p class="quiet small">${counted(visit, 'terminology.concept.languages', groups.length)}</p><dl class="designations">${groups.map(
          (group) => languageRow(visit, group),
        )}</dl>`
  }</section>`
}

function languageRow(visit: Visit, { language, entries }: LanguageGroup): Html {
  const { words } = visit
  const name = language === undefined ? words('terminology.language.unknown') : html`${languageName(visit, language)}`
  return html`<div><dt>${name}${language !== undefined && html` <code>${language}</code>`}</dt>${entries.map(
    (entry) => html`<dd>${designation(visit, entry)}</dd>`,
  )}</div>`
}

function designation(visit: Visit, { language, text, preferred, use, source, status, active }: DesignationEntry): Html {
  const { words } = visit
  const term = html`<span lang="${language ?? 'und'}">${text}</span>`
  return html`${preferred ? html`<b>${term}</b>` : term}${
    preferred && html` ${tag(words('terminology.designation.preferred'), 'good')}`
  }${!active && html` ${tag(words('terminology.designation.withdrawn'), 'warn')}`}<span class="sub">${[
    use && plainText(visit, use),
    source && html`${words('terminology.designation.source', { source })}`,
    status && words(`terminology.designation.${status}`),
  ]
    .filter((part) => part)
    .map((part, index) => html`${index > 0 && ' · '}${part}`)}</span>`
}

function byLanguage(visit: Visit, designations: readonly DesignationEntry[]): readonly LanguageGroup[] {
  const groups = new Map<string, DesignationEntry[]>()
  for (const entry of designations) {
    const key = entry.language ?? ''
    const group = groups.get(key)
    if (group) group.push(entry)
    else groups.set(key, [entry])
  }
  const compare = new Intl.Collator(visit.words.language).compare
  const name = (tag: string): string => (tag === '' ? '\uffff' : languageName(visit, tag))
  return [...groups]
    .sort(([a], [b]) => rank(visit, a) - rank(visit, b) || compare(name(a), name(b)))
    .map(([language, entries]) => ({
      language: language === '' ? undefined : language,
      entries: entries.sort((a, b) => Number(b.active) - Number(a.active) || Number(b.preferred) - Number(a.preferred)),
    }))
}

/** Position among the reader's wishes. */
function rank({ reader }: Visit, language: string): number {
  const exact = reader.terms.indexOf(language)
  if (exact >= 0) return exact
  const alike = reader.terms.findIndex((wish) => baseOf(wish) === baseOf(language))
  return alike >= 0 ? alike + 0.5 : reader.terms.length
}
