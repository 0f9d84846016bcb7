/** Which medicines stand at the top because an error with them can kill: classes of ATC prefixes, as data. */
import classes from '../../../data/clinical/high-risk-medicines.json' with { type: 'json' }
import { type Concept, concepts, type Node, nodes } from '../fhir/node.ts'
import type { Build } from './build.ts'

export interface HighRisk {
  /** Message key suffix of the class of a medicine, undefined when it is in none. */
  classOf(build: Build, statement: Node, medication: Node | undefined): string | undefined
}

const ATC = 'http://www.whocc.no/atc'
const ATC_SYSTEMS = new Set([ATC, 'urn:oid:2.16.840.1.113883.6.73', '2.16.840.1.113883.6.73'])

function codes(statement: Node, medication: Node | undefined): readonly Concept[] {
  return [
    ...concepts(statement.medicationCodeableConcept),
    ...concepts(statement.medication),
    ...concepts(statement.resourceType === 'Medication' ? statement.code : undefined),
    ...(medication
      ? [
          ...concepts(medication.code),
          ...nodes(medication.ingredient).flatMap(({ itemCodeableConcept, item }) =>
            concepts(itemCodeableConcept ?? item),
          ),
        ]
      : []),
  ]
}

function classOfAtc(code: string): string | undefined {
  return classes.classes.find(({ prefixes }) => prefixes.some((prefix) => code.startsWith(prefix)))?.key
}

export const HIGH_RISK: HighRisk = {
  classOf(build, statement, medication) {
    for (const { codings } of codes(statement, medication)) {
      for (const { system, code } of codings) {
        if (code === '') continue
        if (ATC_SYSTEMS.has(system)) {
          const found = classOfAtc(code)
          if (found !== undefined) return found
        } else {
          // A national code is as dangerous as the ATC code that it maps to.
          for (const { target } of build.terminology.mapped(system, code, { system: ATC })) {
            const found = classOfAtc(target.code)
            if (found !== undefined) return found
          }
        }
      }
    }
    return undefined
  },
}
