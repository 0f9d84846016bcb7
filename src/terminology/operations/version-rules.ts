/** Which version of a code system or value set a request means (parameters system-version, check-…, force-…). */
import { matchesVersion } from '../library/versions.ts'
import { canonicalOf } from './fhir.ts'
import type { Input } from './input.ts'

export interface VersionRules {
  /** By canonical URL. */
  readonly standard: ReadonlyMap<string, string>
  readonly check: ReadonlyMap<string, string>
  readonly force: ReadonlyMap<string, string>
}

export interface AllVersionRules {
  readonly system: VersionRules
  readonly valueSet: VersionRules
  /** Stable text of all rules, for caches. */
  readonly key: string
}

/** A version that was chosen, and the rule that chose it; `version` may hold wildcards. */
export interface ChosenVersion {
  readonly version?: string
  readonly rule?: { readonly name: string; readonly value: string }
}

function rulesOf(names: readonly [string, string, string], texts: (name: string) => readonly string[]): VersionRules {
  const [standard, check, force] = names.map(
    (name) =>
      new Map(
        texts(name).flatMap((text) => {
          const { url, version } = canonicalOf(text)
          return version === undefined ? [] : [[url, version] as const]
        }),
      ),
  )
  return { standard: standard ?? new Map(), check: check ?? new Map(), force: force ?? new Map() }
}

const SYSTEM_NAMES = ['system-version', 'check-system-version', 'force-system-version'] as const
const VALUE_SET_NAMES = ['default-valueset-version', 'check-valueset-version', 'force-valueset-version'] as const

/** @param defaults further values of a parameter, as a value set states them for its own expansion */
export function readVersionRules(
  input: Input,
  defaults: (name: string) => readonly string[] = () => [],
): AllVersionRules {
  // A value set's own statement comes first, so that the request's replaces it.
  const texts = (name: string) => [...defaults(name), ...input.texts(name)]
  return {
    system: rulesOf(SYSTEM_NAMES, texts),
    valueSet: rulesOf(VALUE_SET_NAMES, texts),
    key: [...SYSTEM_NAMES, ...VALUE_SET_NAMES].map((name) => texts(name).join(' ')).join('\0'),
  }
}

/** The version of a code system for an include or a code that names `stated` (or nothing). */
export function chooseVersion(rules: AllVersionRules, url: string, stated: string | undefined): ChosenVersion {
  return choose(rules.system, SYSTEM_NAMES, url, stated)
}

/** The version of a value set that is named as `stated` (or without a version). */
export function chooseValueSetVersion(rules: AllVersionRules, url: string, stated: string | undefined): ChosenVersion {
  return choose(rules.valueSet, VALUE_SET_NAMES, url, stated)
}

function choose(
  { standard, check, force }: VersionRules,
  names: readonly [string, string, string],
  url: string,
  stated: string | undefined,
): ChosenVersion {
  const forced = force.get(url)
  if (forced !== undefined) return { version: forced, rule: { name: names[2], value: `${url}|${forced}` } }
  if (stated !== undefined) return { version: stated }
  const usual = standard.get(url)
  if (usual !== undefined) return { version: usual, rule: { name: names[0], value: `${url}|${usual}` } }
  const checked = check.get(url)
  if (checked !== undefined) return { version: checked, rule: { name: names[1], value: `${url}|${checked}` } }
  return {}
}

/** The version that a check demands and that this one is not. */
export function failedCheck(rules: VersionRules, url: string, version: string | undefined): string | undefined {
  const required = rules.check.get(url)
  if (required === undefined || version === undefined) return undefined
  return matchesVersion(required, version) || version.startsWith(`${required}/`) ? undefined : required
}
