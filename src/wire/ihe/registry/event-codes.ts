/** Event codes of a document entry: what the list of prescriptions tells, and why a patient was in hospital (eHDSI XCA). */
import type { XmlElement } from '#platform/xml/tree.ts'
import { groupOf } from '../document-classes.ts'
import type { DocumentMetadata, PrescriptionFacts } from '../exchange.ts'
import { type Coded, coded } from './registry-object.ts'
import { ATC, CONSENT_POLICIES, EDQM, STRENGTH, SUBSTITUTION, WORKFLOW } from './schemes.ts'

/** IHE XDW: whether something can still be done with a document. */
const OPEN = 'urn:ihe:iti:xdw:2011:eventCode:open'
const CLOSED = 'urn:ihe:iti:xdw:2011:eventCode:closed'

type Events = Pick<DocumentMetadata, 'prescription' | 'reasonOfHospitalisation'>

export function readEvents(events: readonly XmlElement[], classCode: string): Events {
  const codes = events.map(coded).filter((code) => code !== undefined)
  if (groupOf(classCode) === 'EP') return { prescription: readPrescription(codes) }
  const reason = codes.find(({ scheme }) => scheme !== CONSENT_POLICIES)
  if (groupOf(classCode) !== 'ORCD' || reason === undefined) return {}
  const { code, scheme, display } = reason
  return { reasonOfHospitalisation: { code, system: /^[\d.]+$/.test(scheme) ? `urn:oid:${scheme}` : scheme, display } }
}

function readPrescription(codes: readonly Coded[]): PrescriptionFacts {
  const of = (scheme: string) => codes.find((code) => code.scheme === scheme)
  const entry = (name: 'atc' | 'doseForm' | 'substitution', found: Coded | undefined) =>
    found === undefined ? {} : { [name]: { code: found.code, display: found.display } }
  const strength = of(STRENGTH)
  return {
    // A list that does not say open means closed: nobody hands out a medicine on a guess.
    dispensable: codes.some(({ code }) => code === OPEN) && !codes.some(({ code }) => code === CLOSED),
    ...entry('substitution', of(SUBSTITUTION)),
    ...entry('atc', of(ATC)),
    ...entry('doseForm', of(EDQM)),
    ...(strength === undefined ? {} : { strength: strength.display || strength.code }),
  }
}

export function writeEvents({ prescription, reasonOfHospitalisation: reason }: Events): readonly Coded[] {
  const codes: Coded[] = []
  if (prescription !== undefined) {
    const { dispensable, atc, doseForm, strength, substitution } = prescription
    codes.push({ code: dispensable ? OPEN : CLOSED, scheme: WORKFLOW, display: dispensable ? 'Open' : 'Closed' })
    if (atc !== undefined) codes.push({ ...atc, scheme: ATC })
    if (doseForm !== undefined) codes.push({ ...doseForm, scheme: EDQM })
    if (strength !== undefined) codes.push({ code: strength, scheme: STRENGTH, display: strength })
    if (substitution !== undefined) codes.push({ ...substitution, scheme: SUBSTITUTION })
  }
  if (reason !== undefined) {
    codes.push({ code: reason.code, scheme: reason.system.replace(/^urn:oid:/, ''), display: reason.display })
  }
  return codes.filter(({ code }) => code !== '')
}
