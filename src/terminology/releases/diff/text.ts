/** A difference as a table for terminals and mails. */
import type { Bounded, ConceptChanges, MeaningChange, ReleaseDifference, SystemDifference } from './difference.ts'

/** Lines without colours, at most as long as their words. */
export function differenceText(difference: ReleaseDifference): string {
  const { systems, valueSets, maps, documents } = difference
  const lines: string[] = []
  const section = (title: string, count: number) => lines.push(...(lines.length > 0 ? [''] : []), `${title}: ${count}`)
  section('Code systems that differ', systems.length)
  for (const system of systems) lines.push(...systemLines(system))
  section('Value sets that differ', valueSets.length)
  for (const { url, kind, before, after, gained, lost, incomplete, definitionChanged } of valueSets) {
    lines.push(`  ${headline(url, kind, before, after)}`)
    lines.push(...listed('gained', gained, ({ system, code, display }) => words(`${system}|${code}`, display)))
    lines.push(...listed('lost', lost, ({ system, code, display }) => words(`${system}|${code}`, display)))
    if (incomplete) {
      lines.push(`    not all members are listed; the definition ${definitionChanged ? 'changed' : 'is the same'}`)
    }
  }
  section('Maps that differ', maps.length)
  for (const { url, kind, before, after, targets } of maps) {
    lines.push(`  ${headline(url, kind, before, after)}`)
    lines.push(
      ...listed('source codes', targets, (row) => `${row.system}|${row.code}: ${change(row.before, row.after)}`),
    )
  }
  if (documents) {
    section('Statements of documents that differ', documents.total)
    lines.push(`  ${documents.touched} of ${documents.documents} documents`)
    lines.push(...listed('', documents, meaning))
  }
  return `${lines.join('\n')}\n`
}

function systemLines({ url, kind, before, after, concepts }: SystemDifference): readonly string[] {
  const kinds = ['added', 'removed', 'inactivated', 'reactivated'] as const
  return [
    `  ${headline(url, kind, before, after)}`,
    ...kinds.flatMap((which) => listed(which, concepts[which], ({ code, display }) => words(code, display))),
    ...wordLines(concepts),
  ]
}

function wordLines({ words: languages }: ConceptChanges): readonly string[] {
  return Object.entries(languages).flatMap(([language, changes]) =>
    listed(`words (${language})`, changes, ({ code, before, after }) => `${code}: ${change(before, after)}`),
  )
}

function headline(url: string, kind: string, before: string | undefined, after: string | undefined): string {
  if (kind !== 'changed') return `${url} ${[after ?? before].filter(Boolean).join()} ${kind}`.replace(/ {2,}/g, ' ')
  return before === after
    ? `${url} ${before ?? ''}`.trimEnd()
    : `${url} ${before || '(no version)'} → ${after || '(no version)'}`
}

function listed<T>(title: string, { total, shown }: Bounded<T>, line: (item: T) => string): readonly string[] {
  if (total === 0) return []
  const rest = total - shown.length
  return [
    ...(title === '' ? [] : [`    ${title}: ${total}`]),
    ...shown.map((item) => `      ${plain(line(item))}`),
    ...(rest > 0 ? [`      … and ${rest} more`] : []),
  ]
}

function words(code: string, display: string | undefined): string {
  return display === undefined ? code : `${code} ${display}`
}

function change(before: readonly string[], after: readonly string[]): string {
  const gone = before.filter((word) => !after.includes(word)).map((word) => `− ${word}`)
  const come = after.filter((word) => !before.includes(word)).map((word) => `+ ${word}`)
  return [...gone, ...come].join('; ')
}

function meaning({ document, system, code, aspect, of, before, after }: MeaningChange): string {
  const what = of === undefined ? aspect : `${aspect} (${of})`
  return `${document}: ${system}|${code} ${what}: ${before || 'none'} → ${after || 'none'}`
}

/** Words come from outside: no control character reaches a terminal. */
function plain(line: string): string {
  return line.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
}
