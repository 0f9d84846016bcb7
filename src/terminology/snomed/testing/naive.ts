/** A random small release as plain objects, its RF2 files, and every answer of the substrate worked out naively from the rows. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import type { Acceptability } from '../../ecl/substrate.ts'
import { ACCEPTABLE, CORE_MODULE, DEFINED, INFERRED, IS_A, PREFERRED, PRIMITIVE, ROOT } from '../concepts.ts'
import { checkDigit } from '../sctid.ts'

export interface NaiveRelease {
  readonly concepts: readonly { id: string; active: boolean; defined: boolean; date: number; module: string }[]
  readonly descriptions: readonly {
    id: string
    concept: string
    active: boolean
    language: string
    type: string
    term: string
    date: number
    acceptability: readonly (readonly [refset: string, value: Acceptability])[]
  }[]
  /** Source above target in the list of concepts, so that there is no cycle. */
  readonly isA: readonly (readonly [string, string])[]
  readonly attributes: readonly { source: string; type: string; group: number; target: string }[]
  readonly values: readonly { source: string; type: string; group: number; value: string }[]
  readonly members: readonly { uuid: string; refset: string; component: string; active: boolean; target: string }[]
}

const MODULE = '11000999106'
const LANGUAGE_REFSETS = ['900000000000509007', '900000000000508004']
const ASSOCIATION = '900000000000527005'
export const FIXED = [ROOT, IS_A, CORE_MODULE, MODULE, ASSOCIATION, ...LANGUAGE_REFSETS]
const WORDS = ['Heart', 'heart', 'Œdème', 'Straße', 'x-ray', 'l’os', 'καρδιάς', 'сердце', 'of', '2', 'Zzz', 'hé']

export function naiveRelease(): fc.Arbitrary<NaiveRelease> {
  return fc.uniqueArray(fc.bigInt(100n, 99_999_999_999_999n), { minLength: 2, maxLength: 14 }).chain((items) => {
    const ids = [...FIXED, ...items.map(conceptId)]
    const index = fc.nat(ids.length - 1)
    const id = index.map((at) => ids[at] as string)
    const date = fc.constantFrom(20020131, 20200229, 20250801)
    const group = fc.nat(2)
    return fc.record({
      concepts: fc
        .tuple(...ids.map(() => fc.record({ active: fc.boolean(), defined: fc.boolean(), date, own: fc.boolean() })))
        .map((rows) =>
          rows.map(({ own, ...row }, at) => ({ id: ids[at] as string, module: own ? MODULE : CORE_MODULE, ...row })),
        ),
      descriptions: fc
        .array(
          fc.record({
            concept: id,
            active: fc.boolean(),
            language: fc.constantFrom('en', 'fr'),
            type: fc.constantFrom('900000000000003001', '900000000000013009', '900000000000550004'),
            term: fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 4 }).map((words) => words.join(' ')),
            date,
            acceptability: fc.uniqueArray(
              fc.tuple(fc.constantFrom(...LANGUAGE_REFSETS), fc.constantFrom('preferred', 'acceptable')),
              {
                selector: ([refset]) => refset,
                maxLength: 2,
              },
            ),
          }),
          { maxLength: 20 },
        )
        .map((rows) => rows.map((row, at) => ({ id: descriptionId(at), ...row }))),
      isA: fc.array(
        fc
          .tuple(index, index)
          .filter(([a, b]) => a !== b)
          .map(([a, b]) => [ids[Math.max(a, b)], ids[Math.min(a, b)]] as [string, string]),
        { maxLength: 30 },
      ),
      attributes: fc.array(fc.record({ source: id, type: id.filter((of) => of !== IS_A), group, target: id }), {
        maxLength: 25,
      }),
      values: fc.array(
        fc.record({
          source: id,
          type: id.filter((of) => of !== IS_A),
          group,
          value: fc.constantFrom('#5', '#-2.5', '"per day"', 'true', 'false'),
        }),
        { maxLength: 5 },
      ),
      members: fc
        .array(
          fc.record({ refset: fc.constantFrom(ASSOCIATION, MODULE), component: id, active: fc.boolean(), target: id }),
          { maxLength: 15 },
        )
        .map((rows) => rows.map((row, at) => ({ uuid: uuidOf(at + 5000), ...row }))),
    }) as fc.Arbitrary<NaiveRelease>
  })
}

function conceptId(item: bigint): string {
  const digits = `${item}00`
  return digits + checkDigit(digits)
}

function descriptionId(at: number): string {
  const digits = `${at + 1000}01`
  return digits + checkDigit(digits)
}

function uuidOf(at: number): string {
  return `${at.toString(16).padStart(8, '0')}-aaaa-4bbb-8ccc-${(at * 7).toString(16).padStart(12, '0')}`
}

/** RF2 Snapshot files, rows in the order given. */
export function writeNaive(folder: string, release: NaiveRelease): void {
  mkdirSync(folder, { recursive: true })
  const file = (name: string, header: string, rows: readonly (readonly (string | number)[])[]) => {
    writeFileSync(
      join(folder, name),
      [header, ...rows.map((row) => row.join('\t'))].map((line) => `${line}\r\n`).join(''),
    )
  }
  const base = 'id\teffectiveTime\tactive\tmoduleId'
  const flag = (active: boolean) => (active ? 1 : 0)
  file(
    'sct2_Concept_Snapshot_INT_20250801.txt',
    `${base}\tdefinitionStatusId`,
    release.concepts.map((row) => [row.id, row.date, flag(row.active), row.module, row.defined ? DEFINED : PRIMITIVE]),
  )
  file(
    'sct2_Description_Snapshot-en_INT_20250801.txt',
    `${base}\tconceptId\tlanguageCode\ttypeId\tterm\tcaseSignificanceId`,
    release.descriptions.map((row) => [
      row.id,
      row.date,
      flag(row.active),
      CORE_MODULE,
      row.concept,
      row.language,
      row.type,
      row.term,
      '900000000000448009',
    ]),
  )
  let number = 0
  const relationship = (source: string, target: string, group: number, type: string) => {
    number += 1
    const digits = `${number + 1000}02`
    return [
      digits + checkDigit(digits),
      20250801,
      1,
      CORE_MODULE,
      source,
      target,
      group,
      type,
      INFERRED,
      '900000000000451002',
    ]
  }
  const further = 'relationshipGroup\ttypeId\tcharacteristicTypeId\tmodifierId'
  file('sct2_Relationship_Snapshot_INT_20250801.txt', `${base}\tsourceId\tdestinationId\t${further}`, [
    ...release.isA.map(([source, target]) => relationship(source, target, 0, IS_A)),
    ...release.attributes.map((row) => relationship(row.source, row.target, row.group, row.type)),
  ])
  file(
    'sct2_RelationshipConcreteValues_Snapshot_INT_20250801.txt',
    `${base}\tsourceId\tvalue\t${further}`,
    release.values.map((row) => relationship(row.source, row.value, row.group, row.type)),
  )
  const refset = `${base}\trefsetId\treferencedComponentId`
  file(
    'der2_cRefset_LanguageSnapshot-en_INT_20250801.txt',
    `${refset}\tacceptabilityId`,
    release.descriptions.flatMap((row, at) =>
      row.acceptability.map(([of, value], index) => [
        uuidOf(at * 2 + index),
        20250801,
        1,
        CORE_MODULE,
        of,
        row.id,
        value === 'preferred' ? PREFERRED : ACCEPTABLE,
      ]),
    ),
  )
  file(
    'der2_cRefset_AssociationSnapshot_INT_20250801.txt',
    `${refset}\ttargetComponentId`,
    release.members.map((row) => [
      row.uuid,
      20250801,
      flag(row.active),
      CORE_MODULE,
      row.refset,
      row.component,
      row.target,
    ]),
  )
}
