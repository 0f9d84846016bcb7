/** The account as the page shows it: every statement in exactly one share, each share leading to its rows. */
import type { Account } from '../model/account.ts'
import type { Build } from './build.ts'
import type { AccountShare, AccountView, Line, RowFate, Section } from './summary-view.ts'

/** Path of the text of a section, in the account of a FHIR document (`section[2].text`) or of a CDA (`section/text`). */
const SECTION_TEXT = /section(?:\[\d+\])?[./]text$/

interface Shown {
  readonly href: string
  readonly label: Line
  readonly fate: RowFate
}

/** Rows by the full URL of the resource that they show. */
function shownRows(build: Build, sections: readonly Section[]): ReadonlyMap<string, Shown> {
  const byAnchor = new Map<string, Shown>()
  for (const { rows } of sections) {
    for (const row of rows) {
      if (row.id === '') continue
      const shown = { href: `#${row.id}`, label: row.term, fate: row.fate }
      byAnchor.set(row.id, shown)
      // Parts of a row (earlier measurements) share its words, so they share its fate.
      for (const { id, fate } of row.parts ?? []) byAnchor.set(id, { ...shown, fate })
    }
  }
  const byUrl = new Map<string, Shown>()
  for (const entry of build.index.entries) {
    const shown = byAnchor.get(build.anchors.get(entry.resource) ?? '')
    if (shown) byUrl.set(entry.fullUrl, shown)
  }
  return byUrl
}

/** Counts statements by what the reader sees of them. */
export function accountView(build: Build, account: Account, sections: readonly Section[]): AccountView {
  const shown = shownRows(build, sections)
  const counts = { translated: 0, 'original-language': 0, text: 0, 'not-carried': 0 }
  const rows = { 'original-language': new Map<string, Line>(), text: new Map<string, Line>() }
  for (const { fate, resource, path } of account.statements) {
    // A section of words is reached by its own anchor, below.
    const row = resource === undefined || SECTION_TEXT.test(path) ? undefined : shown.get(resource)
    if (fate === 'not-carried') counts['not-carried']++
    else if (fate === 'text') {
      counts.text++
      if (row) rows.text.set(row.href, row.label)
    } else if (row?.fate === 'original-language') {
      counts['original-language']++
      rows['original-language'].set(row.href, row.label)
    } else if (row?.fate === 'text') {
      // The source has a code, but not for what it is about: the reader sees only words.
      counts.text++
      rows.text.set(row.href, row.label)
    } else counts.translated++
  }
  // Accounts of FHIR documents hold a statement for a section of words without a reason; the others are added here.
  const told = sections.filter(({ state, group }) => state === 'text' && group === 'clinical')
  const known = account.statements.filter(({ fate, path }) => fate === 'text' && SECTION_TEXT.test(path)).length
  const bare = told.filter((section) => section.rows.length === 0)
  const added = Math.max(0, bare.length - known)
  counts.text += added
  for (const section of told) rows.text.set(`#${section.id}`, section.title)
  const share = (key: AccountShare['key'], links?: ReadonlyMap<string, Line>): AccountShare => ({
    key,
    count: counts[key],
    rows: links && counts[key] > 0 ? [...links].map(([href, label]) => ({ href, label })) : [],
  })
  return {
    statements: account.statements.length + added,
    shares: [
      share('translated'),
      share('original-language', rows['original-language']),
      share('text', rows.text),
      share('not-carried'),
    ],
    notCarried: account.notCarried,
    untranslated: [...build.untranslated.values()],
    complete: account.notCarried.length === 0 && counts['not-carried'] === 0,
  }
}
