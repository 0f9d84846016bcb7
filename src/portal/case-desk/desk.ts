/** The pages of somebody with a duty in secondary use: whose they are, the entries of their header, tables and files. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { tokensStylesheet } from '#platform/html/stylesheet.ts'
import { dutyStylesheet, openAssets } from '../ui/assets.ts'
import type { Html, Words } from '../ui/markup.ts'
import { openSignedIn, type SignedInOptions } from '../ui/signed-in.ts'
import { countryName, type SignedIn, type Visit } from '../ui/site.ts'
import { refused } from './refusal.ts'

/** Somebody who is signed in and may see the pages. */
export interface DeskPerson extends SignedIn {
  /** `system|value`, as it stands in the events of cases. */
  readonly identifier: string
}

/** What every desk needs of the node that mounts it. */
export interface DeskOptions<Person extends DeskPerson> extends SignedInOptions<Person> {
  /** ISO 3166-1 alpha-2, of this node. */
  readonly country: string
}

/** One entry of the header; `path` is the first part of its address, empty for the first page. */
export interface Area {
  readonly path: string
  readonly label: (words: Words) => Html
}

export interface DeskDescription<Options> {
  readonly options: Options
  /** Where the pages are mounted unless the options say otherwise. */
  readonly base: string
  readonly title: (words: Words, country: string) => string
  readonly areas: readonly Area[]
}

/** The application of a desk without its pages, and what its routes are made of. */
export function openDesk<Options extends DeskOptions<Person>, Person extends DeskPerson>({
  options,
  base: usual,
  title,
  areas,
}: DeskDescription<Options>) {
  const base = options.base ?? usual
  const css = readFileSync(join(import.meta.dirname, 'desk.css'), 'utf8')
  const assets = openAssets({ before: [tokensStylesheet()], after: [dutyStylesheet(), css], base: `${base}/assets` })
  const name = (visit: Visit<Options>): string => title(visit.words, countryName(visit, options.country))
  const navigation = (visit: Visit<Options>) => ({
    label: name(visit),
    entries: 'person' in visit ? entriesOf(visit, areas) : [],
  })
  return openSignedIn<Options, Person>(
    { options, base, assets, name, navigation },
    { nobody: (visit) => refused(visit, 'not-found'), failed: (visit) => refused(visit, 'server-error') },
  )
}

function entriesOf<Options extends SignedInOptions<DeskPerson>>(visit: Visit<Options>, areas: readonly Area[]) {
  const { words, path, address } = visit
  const [within = ''] = path.replace(/^\//, '').split(/[/.]/, 1)
  return areas.map((area) => ({
    href: address(area.path === '' ? '' : `/${area.path}`),
    label: area.label(words),
    current: within === area.path,
  }))
}

/** Cells with their heads for a table that becomes a list on narrow screens. */
export function headed(words: Words, keys: readonly string[]) {
  return { columns: keys.map((key) => words(key)), labels: keys.map((key) => words.messages.text(key)) }
}

/** A file for a spreadsheet; cells that a spreadsheet would take for a formula are shown as text. */
export function csvFile(name: string, rows: readonly (readonly (string | number)[])[]): Response {
  const cell = (value: string | number): string => {
    const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value)
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  }
  const text = rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('')
  return new Response(text, { headers: downloadHeaders(name, 'text/csv; charset=utf-8; header=present') })
}

export function downloadHeaders(name: string, type: string): Record<string, string> {
  return {
    'content-type': type,
    'content-disposition': `attachment; filename="${name.replace(/[^\w.-]+/g, '-')}"`,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  }
}
