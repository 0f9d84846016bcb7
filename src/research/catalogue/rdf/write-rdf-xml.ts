/** RDF/XML: one `rdf:Description` for each subject, flat. */
import { failed, ok, type Result } from '#platform/result/result.ts'
import { PREFIXES, type Term } from './graph.ts'
import type { RdfProblemCode } from './problems.ts'
import type { Subject } from './subjects.ts'

export function rdfXmlText(subjects: readonly Subject[]): Result<string, RdfProblemCode> {
  const predicates = subjects.flatMap(({ predicates }) => predicates.map(({ predicate }) => predicate.value))
  const unfit = predicates.find((predicate) => localName(predicate) === '')
  if (unfit !== undefined) {
    return failed(
      'rdf-not-in-xml',
      `RDF/XML cannot name the property ${unfit.slice(0, 100)}.`,
      'Take Turtle or JSON-LD, or correct the name of the property.',
    )
  }
  const names = namesOf(predicates)
  const described = subjects.map((subject) => description(subject, names))
  const declared = [...new Map(names.values()).entries()]
  const namespaces = [['rdf', PREFIXES.rdf ?? ''], ...declared.filter(([prefix]) => prefix !== 'rdf')].map(
    ([prefix, base]) => ` xmlns:${prefix}="${escaped(base ?? '')}"`,
  )
  return ok(
    `<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF${namespaces.join('')}>\n${described.join('')}</rdf:RDF>\n`,
  )
}

/** Predicate → prefix and namespace. XML needs a name for each: the part after the last sign that no name may have. */
function namesOf(predicates: readonly string[]): ReadonlyMap<string, readonly [prefix: string, base: string]> {
  const prefixes = new Map(Object.entries(PREFIXES).map(([prefix, base]) => [base, prefix]))
  const names = new Map<string, readonly [string, string]>()
  for (const predicate of [...new Set(predicates)].sort()) {
    const local = localName(predicate)
    const base = predicate.slice(0, predicate.length - local.length)
    const prefix = prefixes.get(base) ?? `n${prefixes.size}`
    prefixes.set(base, prefix)
    names.set(predicate, [prefix, base])
  }
  return names
}

function localName(predicate: string): string {
  return /[A-Za-z_][\w.-]*$/.exec(predicate)?.[0] ?? ''
}

function description({ term, predicates }: Subject, names: ReturnType<typeof namesOf>): string {
  const about = term.termType === 'BlankNode' ? `rdf:nodeID="${term.value}"` : `rdf:about="${escaped(term.value)}"`
  const lines = predicates.flatMap(({ predicate, objects }) => {
    const [prefix = 'rdf'] = names.get(predicate.value) ?? []
    const tag = `${prefix}:${localName(predicate.value)}`
    return objects.map((object) => `    ${property(tag, object)}\n`)
  })
  return `  <rdf:Description ${about}>\n${lines.join('')}  </rdf:Description>\n`
}

function property(tag: string, object: Term): string {
  if (object.termType === 'BlankNode') return `<${tag} rdf:nodeID="${object.value}"/>`
  if (object.termType !== 'Literal') return `<${tag} rdf:resource="${escaped(object.value)}"/>`
  const kind =
    object.language !== ''
      ? ` xml:lang="${object.language}"`
      : object.datatype.value === `${PREFIXES.xsd}string`
        ? ''
        : ` rdf:datatype="${escaped(object.datatype.value)}"`
  return `<${tag}${kind}>${escaped(object.value)}</${tag}>`
}

const SIGNS: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\r': '&#13;' }

function escaped(text: string): string {
  return text.replace(/[&<>"\r]/g, (sign) => SIGNS[sign] ?? sign)
}
