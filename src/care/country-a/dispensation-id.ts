/** A UUID and its OID below 2.25 are one id (ITU-T X.667 §7), whichever wire it came over. */
export function comparableId(id: string): string {
  const uuid = /^urn:uuid:([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/i.exec(id)?.[1]
  if (uuid !== undefined) return `2.25.${BigInt(`0x${uuid.replaceAll('-', '')}`)}`
  return id.replace(/^urn:oid:(?=[\d.]+$)/, '')
}

/** As it was given: an OID below 2.25 is a UUID, which is a URI (RFC 9562 §4); other OIDs are URIs, too. */
export function givenId(id: string): string {
  const number = /^2\.25\.(\d{1,39})$/.exec(id)?.[1]
  if (number !== undefined) {
    const hex = BigInt(number).toString(16).padStart(32, '0')
    if (hex.length === 32) return `urn:uuid:${hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')}`
  }
  return /^[\d.]+$/.test(id) ? `urn:oid:${id}` : id
}
