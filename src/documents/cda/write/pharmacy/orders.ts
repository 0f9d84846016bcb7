/** Which prescription a document is, or fulfils: identifiers that stand outside the items themselves. */
import type { Composition, Resource } from 'fhir/r4'
import { FULFILS_EXTENSION } from '../../tables/urls.ts'
import { id } from '../datatypes/identity.ts'
import { assemble, type Piece } from '../element.ts'
import { isA, type Writing } from '../writing.ts'

/** inFulfillmentOf/order/id: the prescription that a dispensation fulfils (eHDSI eDispensation). */
export function fulfilments(composition: Composition, writing: Writing): Piece[] {
  return (composition.extension ?? []).flatMap(({ url, valueIdentifier }) => {
    const held = url === FULFILS_EXTENSION ? id(valueIdentifier, writing) : undefined
    return held === undefined
      ? []
      : [assemble('InFulfillmentOf', 'inFulfillmentOf', {}, [assemble('Order', 'order', {}, [held])])]
  })
}

/** The section's id is the prescription's (eHDSI ePrescription): what all its items belong to. */
export function prescriptionId(resources: readonly Resource[], writing: Writing): Piece | undefined {
  const groups = resources.flatMap((resource) => (isA(resource, 'MedicationRequest') ? [resource.groupIdentifier] : []))
  const [first] = groups
  const same = groups.every((one) => one?.value === first?.value && one?.system === first?.system)
  return same ? id(first, writing) : undefined
}
