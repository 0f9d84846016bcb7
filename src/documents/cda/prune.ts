/** FHIR JSON has no empty objects, empty arrays or empty strings (R4 §2.6.2): they are taken out. */

/** The same value without undefined, empty strings, empty arrays and empty objects. Fresh objects are changed in place. */
export function prune<T extends object>(value: T): T {
  pruneObject(value)
  return value
}

function pruneObject(value: object): boolean {
  let held = false
  for (const key in value) {
    if (isEmpty(Reflect.get(value, key))) Reflect.deleteProperty(value, key)
    else held = true
  }
  return held
}

function isEmpty(member: unknown): boolean {
  if (member === undefined || member === null || member === '') return true
  if (typeof member !== 'object') return false
  if (!Array.isArray(member)) return !pruneObject(member)
  let empty = false
  for (const item of member) if (isEmpty(item)) empty = true
  if (empty) {
    const kept = member.filter((item) => !isEmpty(item))
    member.length = 0
    member.push(...kept)
  }
  return member.length === 0
}
