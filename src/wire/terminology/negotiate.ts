/** Which format a client sends and reads: `_format` first, then Accept (FHIR §3.1.0.1.11; RFC 9110 §12.5.1). */

export type Format = 'json' | 'xml'

export interface Negotiation {
  readonly fhirVersion: 'R4' | 'R5'
  readonly format: string | null
  readonly accept: string | undefined
}

const FORMATS: Readonly<Record<string, Format>> = {
  json: 'json',
  'application/json': 'json',
  'application/fhir+json': 'json',
  'text/json': 'json',
  xml: 'xml',
  'application/xml': 'xml',
  'application/fhir+xml': 'xml',
  'text/xml': 'xml',
}

/** The format to answer in; undefined when the client reads none that is offered. */
export function answerFormat({ fhirVersion, format, accept }: Negotiation): Format | undefined {
  if (format !== null && format !== '') {
    // A plus sign that nobody encoded arrives as a space.
    const [type = '', ...parameters] = partsOf(format.replaceAll(' ', '+'))
    return versionFits(parameters, fhirVersion) ? formatOf(type) : undefined
  }
  if (accept === undefined || accept === '' || accept === '*/*') return 'json'
  const key = `${fhirVersion} ${accept}`
  const known = remembered.get(key)
  if (known !== undefined) return known === 'none' ? undefined : known
  const found = best(accept, fhirVersion)
  // Clients send few different headers; an endless supply of them must not fill the memory.
  if (remembered.size >= 500) remembered.clear()
  if (accept.length < 300) remembered.set(key, found ?? 'none')
  return found
}

const remembered = new Map<string, Format | 'none'>()

/** The format of a body; `form` for a submitted form; undefined when it cannot be read here. */
export function bodyFormat(contentType: string | undefined, fhirVersion: 'R4' | 'R5'): Format | 'form' | undefined {
  if (contentType === undefined || contentType === '' || contentType === 'application/fhir+json') return 'json'
  const [type = '', ...parameters] = partsOf(contentType)
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice('charset='.length)
  if (charset !== undefined && !/^"?utf-?8"?$/.test(charset)) return undefined
  if (!versionFits(parameters, fhirVersion)) return undefined
  return type === 'application/x-www-form-urlencoded' ? 'form' : formatOf(type)
}

function formatOf(type: string): Format | undefined {
  return Object.hasOwn(FORMATS, type) ? FORMATS[type] : undefined
}

function partsOf(header: string): readonly string[] {
  return header.split(';').map((part) => part.trim().toLowerCase())
}

function versionFits(parameters: readonly string[], fhirVersion: 'R4' | 'R5'): boolean {
  const asked = parameters.find((parameter) => parameter.startsWith('fhirversion='))?.slice('fhirversion='.length)
  return asked === undefined || asked.replaceAll('"', '').startsWith(fhirVersion === 'R4' ? '4.0' : '5.0')
}

function best(accept: string, fhirVersion: 'R4' | 'R5'): Format | undefined {
  let found: { readonly format: Format; readonly quality: number } | undefined
  for (const range of accept.split(',')) {
    const [type = '', ...parameters] = partsOf(range)
    const stated = parameters.find((parameter) => parameter.startsWith('q='))
    const quality = stated === undefined ? 1 : Number(stated.slice(2)) || 0
    // A browser asks for pages; JSON is what it shows best.
    const any = type === '*/*' || type === 'application/*' || type === 'text/html' || type === 'text/*'
    const format = any ? 'json' : formatOf(type)
    if (format === undefined || quality <= (found?.quality ?? 0) || !versionFits(parameters, fhirVersion)) continue
    found = { format, quality }
  }
  return found?.format
}
