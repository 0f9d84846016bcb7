/** Statuses of FHIR resources → v3 ActStatus, where the reader turns them back into the same. */
export const STATUS_CODES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Observation: {
    registered: 'new',
    preliminary: 'active',
    final: 'completed',
    cancelled: 'cancelled',
    'entered-in-error': 'nullified',
    unknown: '',
  },
  DiagnosticReport: {
    registered: 'new',
    preliminary: 'active',
    final: 'completed',
    cancelled: 'cancelled',
    'entered-in-error': 'nullified',
    unknown: '',
  },
  Procedure: {
    preparation: 'new',
    'in-progress': 'active',
    'not-done': 'cancelled',
    'on-hold': 'suspended',
    stopped: 'aborted',
    completed: 'completed',
    'entered-in-error': 'nullified',
    unknown: '',
  },
  ServiceRequest: {
    draft: 'new',
    active: 'active',
    'on-hold': 'held',
    revoked: 'cancelled',
    completed: 'completed',
    'entered-in-error': 'nullified',
    unknown: '',
  },
  DeviceUseStatement: {
    active: 'active',
    completed: 'completed',
    'entered-in-error': 'cancelled',
    intended: 'new',
    'on-hold': 'suspended',
  },
  Immunization: { completed: 'completed', 'not-done': 'completed', 'entered-in-error': 'nullified' },
  MedicationStatement: {
    active: 'active',
    completed: 'completed',
    'on-hold': 'suspended',
    stopped: 'aborted',
    'not-taken': 'cancelled',
    'entered-in-error': 'nullified',
    intended: 'new',
    unknown: '',
  },
  Encounter: { 'in-progress': 'active', finished: 'completed', cancelled: 'cancelled', planned: 'new', unknown: '' },
  FamilyMemberHistory: { completed: 'completed' },
  Composition: { final: 'completed' },
  Bundle: {},
  DocumentReference: { current: 'completed' },
}

/** The v3 status of a resource; undefined when the source had none. */
export function statusCodeOf(resourceType: string, status: string | undefined): string | undefined {
  const found = STATUS_CODES[resourceType]?.[status ?? '']
  return found === '' ? undefined : (found ?? 'completed')
}
