/** Which elements of which documents are coded, from which value sets, and how much that matters: data/coded-elements. */
import { z } from 'zod'
import { failed, ok, type Result } from '#platform/result/result.ts'
import myHealthEu from '../../../data/coded-elements/myhealth-eu.json' with { type: 'json' }
import { type CodedPath, parseCodedPath } from './coded-path.ts'

/** R: required; RNFA: required, a null flavour is allowed; O: optional. */
export type Usage = 'R' | 'RNFA' | 'O'

export interface ListedElement {
  readonly name: string
  readonly path: CodedPath
  /** OIDs; the code must be in one of them. */
  readonly valueSets: readonly string[]
  /** Usage by kind of document; a kind that is not here does not have the element. */
  readonly usage: ReadonlyMap<string, Usage>
  /** LOINC codes of the sections in which the path is meant; anywhere when there is none. */
  readonly sections?: readonly string[]
  readonly exceptSections?: readonly string[]
  /** This element is always translated into this language, whatever the reader's. */
  readonly language?: string
}

export interface DocumentKind {
  /** Name in the list, e.g. `PS3`. */
  readonly kind: string
  readonly loinc: string
  /** 3: coded body; 1: a PDF in the body. */
  readonly level: 1 | 3
}

export interface CodedElementList {
  readonly id: string
  readonly version: string
  readonly documents: readonly DocumentKind[]
  readonly elements: readonly ListedElement[]
}

const place = { sections: z.array(z.string()).optional(), exceptSections: z.array(z.string()).optional() }
const USAGES = ['R', 'RNFA', 'O'] as const satisfies readonly Usage[]
const schema = z.object({
  id: z.string(),
  version: z.string(),
  documents: z.record(z.string(), z.object({ loinc: z.string(), level: z.union([z.literal(1), z.literal(3)]) })),
  anchors: z.record(z.string(), z.object({ path: z.string(), ...place })).default({}),
  elements: z.array(
    z.object({
      name: z.string(),
      in: z.string().optional(),
      path: z.string(),
      valueSets: z.array(z.string().regex(/^[0-2](\.\d+)+$/)).default([]),
      usage: z.partialRecord(z.enum(USAGES), z.array(z.string())),
      language: z.string().optional(),
      ...place,
    }),
  ),
})

export type CodedElementProblemCode = 'coded-element-list-invalid' | 'coded-path-unsupported'

/** @param json in the shape of data/coded-elements/myhealth-eu.json; its README explains it */
export function readCodedElementList(json: unknown): Result<CodedElementList, CodedElementProblemCode> {
  const parsed = schema.safeParse(json)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const where = issue?.path.join('.') ?? ''
    return invalid(`${where === '' ? 'The list' : where}: ${issue?.message ?? 'wrong shape'}`)
  }
  const { id, version, documents, anchors, elements } = parsed.data
  const listed: ListedElement[] = []
  for (const { in: named, path, usage, valueSets, ...rest } of elements) {
    const anchor = named === undefined ? undefined : anchors[named]
    if (named !== undefined && !anchor) return invalid(`${rest.name} stands in "${named}", which is no anchor`)
    const whole = parseCodedPath(anchor ? `${anchor.path}/${path}` : path)
    if (!whole.ok) return whole
    const kinds = new Map<string, Usage>()
    for (const word of USAGES) {
      for (const kind of usage[word] ?? []) {
        if (!(kind in documents)) return invalid(`${rest.name} is used in ${kind}, which is no kind of document`)
        kinds.set(kind, word)
      }
    }
    const { path: _, ...scope } = anchor ?? { path }
    listed.push({ ...scope, ...rest, path: whole.value, valueSets, usage: kinds })
  }
  const kinds = Object.entries(documents).map(([kind, document]) => ({ kind, ...document }))
  return ok({ id, version, documents: kinds, elements: listed })
}

function invalid(what: string) {
  return failed(
    'coded-element-list-invalid',
    `The list of coded elements cannot be used. ${what}.`,
    'Compare it with data/coded-elements/myhealth-eu.json.',
  )
}

let shipped: CodedElementList | undefined

/** The list of MyHealth@EU, as shipped; read once. */
export function myHealthEuList(): CodedElementList {
  if (shipped) return shipped
  const list = readCodedElementList(myHealthEu)
  if (!list.ok) throw new Error(list.problem.sentence)
  shipped = list.value
  return shipped
}
