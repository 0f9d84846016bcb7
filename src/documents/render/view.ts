/** The model and its reader → what is shown. Pure: the same document and reader give the same view. */
import { isNode, type Node } from '../fhir/node.ts'
import { entriesOf, indexEntries } from '../fhir/references.ts'
import type { AccountReport } from '../model/account.ts'
import type { ClinicalDocument } from '../model/clinical-document.ts'
import { accountView } from './account-view.ts'
import { type Build, baseLanguage, knownDesignations, type Reader } from './build.ts'
import { danger } from './danger.ts'
import { header } from './header.ts'
import { sections } from './sections.ts'
import type { SummaryView } from './summary-view.ts'
import { plain } from './values.ts'

export type { Reader } from './build.ts'
export type { SummaryView } from './summary-view.ts'

/** The state of making words of a document for one reader, for views of single parts of it. */
export function prepare(document: ClinicalDocument, reader: Reader, bundle: Node): Build {
  const index = indexEntries(entriesOf(bundle))
  const source = document.origin.language === 'und' ? '' : document.origin.language
  const languages = [reader.language, ...(reader.alternatives ?? [])]
  return {
    reader,
    messages: reader.messages,
    terminology: reader.terminology,
    languages,
    designations: knownDesignations(reader.terminology, languages),
    source,
    sameLanguage: source !== '' && baseLanguage(source) === baseLanguage(reader.language),
    format: document.origin.format,
    index,
    entries: new Map(index.entries.map((entry) => [entry.resource, entry])),
    raw: Array.isArray(bundle.entry) ? bundle.entry : [],
    anchors: new Map(index.entries.map(({ resource, index: position }) => [resource, `r${position}`])),
    sectionAnchors: new Map(),
    listed: new Set(),
    german: baseLanguage(reader.language) === 'de',
    systems: new Map(),
    untranslated: new Map(),
    attachments: [],
    terms: new Map(),
    names: new Map(),
    placed: new Set(),
    path: '',
    quiet: false,
    entry: undefined,
  }
}

/** What a reader sees of a document. */
export function summaryView(document: ClinicalDocument, reader: Reader): SummaryView {
  const bundle: unknown = document.bundle
  if (!isNode(bundle)) throw new TypeError('A clinical document without a bundle')
  const build = prepare(document, reader, bundle)
  const composition =
    build.index.entries.find(({ resource }) => resource.resourceType === 'Composition')?.resource ?? {}
  const shown = sections(build, bundle, composition, document.kind)
  const head = header(build, composition)
  const isFile = document.account.statements.length === 0 && build.attachments.length > 0
  const first = danger(build, composition, isFile)
  const name = build.source === '' ? undefined : reader.messages.formats.languageName(baseLanguage(build.source))
  return {
    messages: reader.messages,
    language: reader.language,
    sourceLanguage: build.source,
    sourceLanguageName: name ?? reader.messages.text('summary.languageUnknown'),
    sameLanguage: build.sameLanguage,
    kind: document.kind,
    isFile,
    title: `${plain(head.documentTitle)} – ${head.patientName}`,
    header: head,
    danger: first,
    account: accountView(build, document.account, shown),
    sections: shown,
    attachments: build.attachments,
    systems: [...build.systems].map(([url, systemTitle]) => ({ name: systemTitle, url })),
  }
}

/** The machine-readable account of one document for one reader. */
export function accountReport(document: ClinicalDocument, view: SummaryView): AccountReport {
  const { statements, notCarried } = document.account
  const coded = statements.filter(({ fate }) => fate === 'coded').length
  const lost = statements.filter(({ fate }) => fate === 'not-carried').length
  return {
    statements: view.account.statements,
    coded,
    text: view.account.statements - coded - lost,
    notCarried,
    untranslated: view.account.untranslated,
  }
}
