/** Why a value is missing: FHIR's reasons back to v3 null flavours (V3 data types §1.11.4). */
import type { Extension } from 'fhir/r4'
import { DATA_ABSENT_EXTENSION, NULL_FLAVOR_EXTENSION } from '../../tables/urls.ts'
import { fits } from '../schema/simple-types.ts'

const FLAVORS: Readonly<Record<string, string>> = {
  unknown: 'UNK',
  'asked-unknown': 'ASKU',
  'temp-unknown': 'NAV',
  'not-asked': 'NASK',
  'asked-declined': 'ASKU',
  masked: 'MSK',
  'not-applicable': 'NA',
  unsupported: 'NP',
  'as-text': 'OTH',
  error: 'NI',
  'not-a-number': 'OTH',
  'negative-infinity': 'NINF',
  'positive-infinity': 'PINF',
  'not-performed': 'NA',
  'not-permitted': 'MSK',
}

export interface Extended {
  readonly extension?: readonly Extension[] | undefined
}

/** The flavour that an element states: the exact one when it is known, else FHIR's reason. */
export function nullFlavorIn(holder: Extended | undefined): string | undefined {
  const exact = extensionValue(holder, NULL_FLAVOR_EXTENSION)?.valueCode
  if (exact !== undefined && fits('NullFlavor', exact)) return exact
  return flavorOfReason(extensionValue(holder, DATA_ABSENT_EXTENSION)?.valueCode)
}

export function flavorOfReason(reason: string | undefined): string | undefined {
  if (reason === undefined) return undefined
  return fits('NullFlavor', reason) ? reason : Object.hasOwn(FLAVORS, reason) ? FLAVORS[reason] : 'UNK'
}

export function extensionValue(holder: Extended | undefined, url: string): Extension | undefined {
  return holder?.extension?.find((extension) => extension.url === url)
}
