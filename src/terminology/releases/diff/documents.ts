/** The coded elements of documents, asked of two releases → those that say something else. */
import type { TerminologyCatalogue } from '../../terminology.ts'
import { collector, type DocumentsDifference, type MeaningAspect, type MeaningChange } from './difference.ts'

/** A code that a document uses; composition gathers them, since terminology knows nothing of documents. */
export interface UsedCode {
  readonly document: string
  readonly system: string
  readonly code: string
  /** Value sets that its place in the document binds it to. */
  readonly valueSets?: readonly string[]
}

export interface DocumentQuestions {
  readonly before: TerminologyCatalogue
  readonly after: TerminologyCatalogue
  /** Readers' languages, BCP-47. */
  readonly languages: readonly string[]
  /** Further value sets of which every code is asked. */
  readonly valueSets: readonly string[]
  readonly limit: number
}

interface Finding {
  readonly aspect: MeaningAspect
  readonly of?: string
  readonly before: string
  readonly after: string
}

export function compareDocuments(used: Iterable<UsedCode>, questions: DocumentQuestions): DocumentsDifference {
  const found = collector<MeaningChange>(questions.limit)
  const documents = new Set<string>()
  const touched = new Set<string>()
  const known = new Map<string, readonly Finding[]>()
  for (const one of used) {
    const { document, system, code } = one
    documents.add(document)
    const key = [system, code, ...(one.valueSets ?? [])].join('|')
    const findings = known.get(key) ?? findingsOf(one, questions)
    known.set(key, findings)
    for (const finding of findings) found.add({ document, system, code, ...finding })
    if (findings.length > 0) touched.add(document)
  }
  return { ...found.bounded, documents: documents.size, touched: touched.size }
}

function findingsOf(used: UsedCode, questions: DocumentQuestions): readonly Finding[] {
  const { before, after, languages, valueSets } = questions
  const both = (ask: (terminology: TerminologyCatalogue) => string) => ({ before: ask(before), after: ask(after) })
  const { system, code } = used
  const findings: Finding[] = displaysOf(
    languages.map((of) => ({
      aspect: 'display',
      of,
      ...both((terminology) => terminology.designation(system, code, [of])?.term ?? ''),
    })),
  )
  findings.push({ aspect: 'active', ...both((terminology) => statusOf(terminology, system, code)) })
  findings.push({ aspect: 'mapping', ...both((terminology) => targetsOf(terminology, system, code)) })
  for (const of of new Set([...valueSets, ...(used.valueSets ?? [])])) {
    findings.push({ aspect: 'membership', of, ...both((terminology) => terminology.membership(of, system, code)) })
  }
  return findings.filter((finding) => finding.before !== finding.after)
}

/** A change that `fr-BE` and `fr-CA` only share with `fr` is told once. */
function displaysOf(displays: readonly (Finding & { readonly of: string })[]): Finding[] {
  return displays.filter(({ of, before, after }) => {
    const [language] = of.split('-')
    const general = displays.find((other) => other.of === language && other.of !== of)
    return !general || general.before !== before || general.after !== after
  })
}

function statusOf(terminology: TerminologyCatalogue, system: string, code: string): string {
  const concept = terminology.concept(system, code)
  return concept === undefined ? 'unknown' : concept.active ? 'active' : 'inactive'
}

/** In the order in which documents would take them. */
function targetsOf(terminology: TerminologyCatalogue, system: string, code: string): string {
  return terminology
    .mapped(system, code)
    .map(({ relationship, target }) => `${relationship} ${target.system}|${target.code}`)
    .join(', ')
}
