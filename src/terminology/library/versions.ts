/** Which version of a resource is meant, and which is newer (FHIR R5 versionAlgorithm: semver, integer, date, natural). */

/**
 * Orders two versions: numbers in them are compared as numbers, the rest as text, so that 1.10.0 is newer than 1.9.0 and
 * 20250201 newer than 20240901. A pre-release (`1.0.0-ballot`) is older than its release. No version is oldest.
 */
export function compareVersions(left: string | undefined, right: string | undefined): number {
  if (left === right) return 0
  if (left === undefined) return -1
  if (right === undefined) return 1
  // Who numbered by date before (HL7 until 2018) numbers by semantic versions now.
  if (DATE.test(left) !== DATE.test(right)) return DATE.test(left) ? -1 : 1
  const [leftCore = '', leftTag] = splitTag(left)
  const [rightCore = '', rightTag] = splitTag(right)
  const core = compareParts(leftCore, rightCore)
  if (core !== 0) return core
  if (leftTag === undefined || rightTag === undefined) return leftTag === undefined ? 1 : -1
  return compareParts(leftTag, rightTag)
}

const DATE = /^(?:19|20)\d\d(?:-\d\d){1,2}$/

/** `1.0.0-ballot1` → `1.0.0`, `ballot1`; dates (`2024-01-01`) stay whole. */
function splitTag(version: string): readonly (string | undefined)[] {
  const match = /^(\d+(?:\.\d+)+)-(.+)$/.exec(version)
  return match ? [match[1], match[2]] : [version, undefined]
}

function compareParts(left: string, right: string): number {
  const parts = (text: string) => text.match(/\d+|\D+/g) ?? []
  const [ours, theirs] = [parts(left), parts(right)]
  for (let index = 0; index < Math.max(ours.length, theirs.length); index++) {
    const [one, other] = [ours[index], theirs[index]]
    if (one === other) continue
    if (one === undefined) return -1
    if (other === undefined) return 1
    const [first, second] = [Number(one), Number(other)]
    if (!Number.isNaN(first) && !Number.isNaN(second)) {
      if (first !== second) return first - second
    } else {
      return one < other ? -1 : 1
    }
  }
  return 0
}

/** Whether a listed version is the one asked for: the same, or its wildcards fit (`1.0.x`, `1.x.x`, `1.*`). */
export function matchesVersion(requested: string, listed: string): boolean {
  if (requested === listed) return true
  if (!hasWildcard(requested)) return false
  const [wanted, given] = [requested.split('.'), listed.split('.')]
  if (wanted.length > given.length) return false
  return given.every((part, index) => {
    const sign = index < wanted.length ? wanted[index] : wanted.at(-1)
    return sign === part || isWildcard(sign)
  })
}

export function hasWildcard(version: string): boolean {
  return version.split('.').some(isWildcard)
}

function isWildcard(part: string | undefined): boolean {
  return part === 'x' || part === 'X' || part === '*'
}

/** The newest of the versions that fit; of all when none is asked for. */
export function pickVersion<T extends { readonly version?: string | undefined }>(
  list: readonly T[],
  requested: string | undefined,
  matches: (requested: string, listed: string) => boolean = matchesVersion,
): T | undefined {
  let best: T | undefined
  for (const item of list) {
    if (requested !== undefined) {
      if (item.version === requested) return item
      if (item.version === undefined || !matches(requested, item.version)) continue
    }
    if (best === undefined || compareVersions(item.version, best.version) > 0) best = item
  }
  return best
}
