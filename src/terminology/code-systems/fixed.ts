/** Code systems that are known by rule and need no import: languages, countries, currencies, MIME types, URIs, units. */
import type { CodeSystemFamily, CodeSystemIdentity } from './code-system.ts'
import { createGrammarSystem, grammarFamily } from './grammar-system.ts'
import { nameIn, namesOf } from './names.ts'
import { ucumFamily } from './ucum.ts'

export function fixedFamilies(): CodeSystemFamily[] {
  return [languages(), countries(), currencies(), mimeTypes(), uris(), ucumFamily()]
}

function identity(url: string, title: string, further: Partial<CodeSystemIdentity> = {}): CodeSystemIdentity {
  return {
    url,
    name: title.replace(/[^A-Za-z0-9]/g, ''),
    title,
    status: 'active',
    content: 'complete',
    caseSensitive: true,
    language: 'en',
    properties: [],
    supplements: [],
    ...further,
  }
}

const LETTERS = [...'abcdefghijklmnopqrstuvwxyz']

// ---- Languages (BCP 47)

function languages(): CodeSystemFamily {
  const url = 'urn:ietf:bcp:47'
  return grammarFamily(url, undefined, () =>
    createGrammarSystem({
      identity: identity(url, 'Tags for the Identification of Languages (BCP 47)', { compositional: true }),
      read: readLanguage,
      words: (code) => namesOf('language', code),
      codes: () =>
        LETTERS.flatMap((first) =>
          LETTERS.flatMap((second) => {
            const plain = first + second
            const codes = [plain, ...LETTERS.map((third) => plain + third)]
            return codes.filter((code) => isCanonical(code) && nameIn('en', 'language', code) !== undefined)
          }),
        ),
      open: true,
      filter: ({ property, op, value }) =>
        op === 'exists' && property in PARTS ? (code) => hasPart(code, property) === (value === 'true') : undefined,
    }),
  )
}

type Part = 'language' | 'script' | 'region'
const PARTS: Readonly<Record<string, Part>> = { language: 'language', script: 'script', region: 'region' }

function hasPart(code: string, part: string): boolean {
  try {
    return new Intl.Locale(code)[PARTS[part] ?? 'language'] !== undefined
  } catch {
    return false
  }
}

function isCanonical(code: string): boolean {
  try {
    return Intl.getCanonicalLocales(code)[0] === code
  } catch {
    return false
  }
}

/** The parts that ICU knows by name; subtags in their usual case. */
function readLanguage(code: string): ReturnType<Parameters<typeof createGrammarSystem>[0]['read']> {
  let locale: Intl.Locale
  try {
    locale = new Intl.Locale(code)
  } catch {
    return { code: undefined, reason: `'${code}' is not formed as a language tag.` }
  }
  const [canonical] = Intl.getCanonicalLocales(code)
  // An old code (`iw`) has a new one; only the case must be right. That it is wrong is told by whoever compares codes.
  if (canonical?.toLowerCase() === code.toLowerCase() && canonical !== code) return { code: undefined }
  const unknown = (part: string, value: string) => ({
    code: undefined,
    reason: `The ${part} '${value}' of the language tag is not known.`,
  })
  if (nameIn('en', 'language', locale.language) === undefined) return unknown('language', locale.language)
  const { script, region } = locale
  if (script !== undefined && nameIn('en', 'script', script) === undefined) return unknown('script', script)
  if (region !== undefined && nameIn('en', 'region', region) === undefined) return unknown('region', region)
  return { code }
}

// ---- Countries (ISO 3166-1, two letters)

/** What ICU names beside the countries of the standard: reserved, withdrawn and its own codes. */
const NO_COUNTRIES = new Set(
  'AC AN BU CP CQ CS DD DG EA EU EZ FX HV IC NH QO QU RH SU TA TP UK UN VD XA XB XK YD YU ZR ZZ'.split(' '),
)
/** Left free for users by the standard: AA, QM to QZ, XA to XZ, ZZ. */
const USER_ASSIGNED = /^(?:AA|Q[M-Z]|X[A-Z]|ZZ)$/

function isCountry(code: string): boolean {
  return /^[A-Z]{2}$/.test(code) && !NO_COUNTRIES.has(code) && nameIn('en', 'region', code) !== undefined
}

function countries(): CodeSystemFamily {
  const url = 'urn:iso:std:iso:3166'
  const version = '2018'
  return grammarFamily(url, version, () =>
    createGrammarSystem({
      identity: identity(url, 'ISO 3166-1 country codes', { version }),
      read: (code) => (isCountry(code) || USER_ASSIGNED.test(code) ? { code } : { code: undefined }),
      words: (code) =>
        isCountry(code)
          ? namesOf('region', code)
          : [{ value: 'User-assigned', language: 'en', isDisplay: true, isPlaceholder: true }],
      codes: () =>
        LETTERS.flatMap((first) => LETTERS.map((second) => (first + second).toUpperCase())).filter(isCountry),
    }),
  )
}

// ---- Currencies (ISO 4217)

function currencies(): CodeSystemFamily {
  const url = 'urn:iso:std:iso:4217'
  const known = new Set(Intl.supportedValuesOf('currency'))
  return grammarFamily(url, undefined, () =>
    createGrammarSystem({
      identity: identity(url, 'ISO 4217 currency codes'),
      read: (code) => (known.has(code) ? { code } : { code: undefined }),
      words: (code) => namesOf('currency', code),
      codes: () => [...known],
    }),
  )
}

// ---- MIME types (BCP 13) and URIs (RFC 3986)

const MIME_TYPE =
  /^(?:application|audio|chemical|example|font|haptics|image|message|model|multipart|text|video|x-[a-z0-9-]+)\/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}(?:\s*;\s*[A-Za-z0-9!#$&^_.+-]+=(?:[A-Za-z0-9!#$&^_.+-]+|"[^"\\]*"))*$/

function mimeTypes(): CodeSystemFamily {
  const url = 'urn:ietf:bcp:13'
  return grammarFamily(url, undefined, () =>
    createGrammarSystem({
      identity: identity(url, 'MIME types (BCP 13)', { compositional: true }),
      read: (code) =>
        MIME_TYPE.test(code) ? { code } : { code: undefined, reason: `'${code}' is not formed as a MIME type.` },
      words: (code) => [{ value: code, isDisplay: true }],
    }),
  )
}

const URI = /^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>"{}|\\^`]+$/

function uris(): CodeSystemFamily {
  const url = 'urn:ietf:rfc:3986'
  return grammarFamily(url, undefined, () =>
    createGrammarSystem({
      identity: identity(url, 'Uniform Resource Identifiers (RFC 3986)', { compositional: true }),
      read: (code) => (URI.test(code) ? { code } : { code: undefined, reason: `'${code}' is no absolute URI.` }),
      words: (code) => [{ value: code, isDisplay: true }],
    }),
  )
}
