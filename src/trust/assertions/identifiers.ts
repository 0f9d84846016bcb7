/** Identifiers as the assertions write them, to and from `system|value`. */

const OID = /^[0-2](?:\.\d+)+$/

/** `urn:oid:root|ext` → HL7 CX `ext^^^&root&ISO`. Undefined when CX cannot hold it. */
export function patientToCx(patient: string): string | undefined {
  const bar = patient.indexOf('|')
  const root = patient.slice(0, bar).replace(/^urn:oid:/, '')
  const extension = patient.slice(bar + 1)
  if (bar < 0 || !OID.test(root) || extension === '' || /[\^&~\\|]/.test(extension)) return undefined
  return `${extension}^^^&${root}&ISO`
}

/** HL7 CX `ext^^^&root&ISO` → `urn:oid:root|ext`; a name of the authority before its OID is passed over. */
export function patientFromCx(cx: string): string | undefined {
  const [, extension, root] = /^([^^&~\\|]+)\^\^\^[^&^~]*&([\d.]+)&ISO$/.exec(cx) ?? []
  return extension !== undefined && root !== undefined && OID.test(root) ? `urn:oid:${root}|${extension}` : undefined
}

/** `urn:oid:1.2.3|ABC` → `urn:hl7ii:1.2.3:ABC`, the form of XUA for organisations; anything else as it is. */
export function organisationToUrn(identifier: string): string {
  const [, root, extension] = /^urn:oid:([\d.]+)\|(.+)$/.exec(identifier) ?? []
  return root === undefined ? identifier : `urn:hl7ii:${root}:${extension}`
}

/** `urn:hl7ii:1.2.3:ABC` → `urn:oid:1.2.3|ABC`; anything else as it is. */
export function organisationFromUrn(identifier: string): string {
  const [, root, extension] = /^urn:hl7ii:([\d.]+):(.+)$/.exec(identifier) ?? []
  return root === undefined ? identifier : `urn:oid:${root}|${extension}`
}
