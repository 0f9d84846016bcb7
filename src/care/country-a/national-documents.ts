/** Which question of the national connector answers for which service. */
import type { NationalDocument, NationalProblemCode } from '#national/connector.ts'
import type { Result } from '#platform/result/result.ts'
import type { ListQuestion, VerifiedCaller } from '../border/border-service.ts'
import { type Desk, nationalCaller } from './desk.ts'

export type NationalFilter = Pick<
  ListQuestion,
  'service' | 'classCodes' | 'maximumSize' | 'createdAfter' | 'createdBefore' | 'prescriptionId' | 'pin'
>

/** The patient's documents of these classes; documents of other classes are dropped, whatever the connector gives. */
export async function nationalDocuments(
  desk: Desk,
  caller: VerifiedCaller,
  patient: string,
  filter: NationalFilter,
): Promise<Result<readonly NationalDocument[], NationalProblemCode>> {
  const found: NationalDocument[] = []
  for (const listed of await answers(desk, caller, patient, filter)) {
    if (!listed.ok) return listed
    found.push(...listed.value)
  }
  return { ok: true, value: found.filter(({ classCode }) => filter.classCodes.includes(classCode)) }
}

function answers(desk: Desk, caller: VerifiedCaller, patient: string, filter: NationalFilter) {
  const { connector } = desk
  const asker = nationalCaller(caller)
  const { service, classCodes, maximumSize, createdAfter, createdBefore } = filter
  if (service === 'patient-summary') return Promise.all([connector.listPatientSummaries(patient, asker)])
  if (service === 'eprescription') {
    const prescriptionId = filter.prescriptionId ?? caller.prescriptionId
    const pin = filter.pin ?? caller.dispensationPin
    const search = {
      ...(prescriptionId === undefined ? {} : { prescriptionId }),
      ...(pin === undefined ? {} : { pin }),
    }
    return Promise.all([connector.listPrescriptions(patient, search, asker)])
  }
  const bounds = {
    ...(maximumSize === undefined ? {} : { maximumSize }),
    ...(createdAfter === undefined ? {} : { createdAfter }),
    ...(createdBefore === undefined ? {} : { createdBefore }),
  }
  return Promise.all(classCodes.map((kind) => connector.listOriginalDocuments(patient, { kind, ...bounds }, asker)))
}
