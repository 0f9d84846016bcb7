/** Observations and acts that only say something about the statement around them, by their code or template. */
export type SubordinateKind =
  | 'severity'
  | 'status'
  | 'criticality'
  | 'certainty'
  | 'comment'
  | 'patient-instruction'
  | 'fulfilment-instruction'
  | 'manifestation'
  | 'dose-number'

export const KIND_BY_CODE: Readonly<Record<string, SubordinateKind>> = {
  SEV: 'severity',
  '33999-4': 'status',
  '82606-5': 'criticality',
  '66455-7': 'certainty',
  '48767-8': 'comment',
  PINSTRUCT: 'patient-instruction',
  FINSTRUCT: 'fulfilment-instruction',
  '30973-2': 'dose-number',
}

export const KIND_BY_TEMPLATE: Readonly<Record<string, SubordinateKind>> = {
  // IHE PCC
  '1.3.6.1.4.1.19376.1.5.3.1.4.1': 'severity',
  '1.3.6.1.4.1.19376.1.5.3.1.4.1.1': 'status',
  '1.3.6.1.4.1.19376.1.5.3.1.4.2': 'comment',
  '1.3.6.1.4.1.19376.1.5.3.1.4.3': 'patient-instruction',
  '1.3.6.1.4.1.19376.1.5.3.1.4.3.1': 'fulfilment-instruction',
  // CCD and C-CDA
  '2.16.840.1.113883.10.20.1.55': 'severity',
  '2.16.840.1.113883.10.20.1.57': 'status',
  '2.16.840.1.113883.10.20.1.50': 'status',
  '2.16.840.1.113883.10.20.1.39': 'status',
  '2.16.840.1.113883.10.20.1.40': 'comment',
  '2.16.840.1.113883.10.20.1.49': 'patient-instruction',
  '2.16.840.1.113883.10.20.1.43': 'fulfilment-instruction',
  '2.16.840.1.113883.10.20.1.46': 'dose-number',
  '2.16.840.1.113883.10.20.22.4.8': 'severity',
  '2.16.840.1.113883.10.20.22.4.28': 'status',
  '2.16.840.1.113883.10.20.22.4.6': 'status',
  '2.16.840.1.113883.10.20.22.4.145': 'criticality',
  '2.16.840.1.113883.10.20.22.4.64': 'comment',
  // eHDSI
  '1.3.6.1.4.1.12559.11.10.1.3.1.3.33': 'criticality',
  '1.3.6.1.4.1.12559.11.10.1.3.1.3.34': 'status',
  '1.3.6.1.4.1.12559.11.10.1.3.1.3.35': 'certainty',
  '1.3.6.1.4.1.12559.11.10.1.3.1.3.49': 'certainty',
  '1.3.6.1.4.1.12559.11.10.1.3.1.3.28': 'dose-number',
}
