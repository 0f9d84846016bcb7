/** For the tests of the matching rules: an answer that an expected file allows, and changes of it that the file does not allow. */

type JsonObject = Readonly<Record<string, unknown>>

const SAMPLES: Readonly<Record<string, string>> = {
  $$: 'anything',
  $id$: 'an-id',
  $uuid$: 'urn:uuid:8acdbfdc-e9d2-11ed-a05b-0242ac120003',
  $instant$: '2026-01-02T03:04:05Z',
  $date$: '2026-01-02',
  $url$: 'http://example.org/x',
  $token$: 'token',
  $string$: 'some words',
  $semver$: '1.2.3',
  $version$: '5.0.0',
}

/** The fullest answer: all optional parts are there. */
export function exampleOf(expected: unknown): unknown {
  if (Array.isArray(expected)) return expected.map(exampleOf)
  if (typeof expected === 'string') return sampleOf(expected)
  if (!isObject(expected)) return expected
  return Object.fromEntries(
    Object.entries(expected).flatMap(([name, value]) => (name.startsWith('$') ? [] : [[name, exampleOf(value)]])),
  )
}

function sampleOf(text: string): string {
  const sample = SAMPLES[text]
  if (sample !== undefined) return sample
  const command = /^\$(choice|fragments|external):([\s\S]*)\$$/.exec(text)
  if (!command) return text
  const [, kind, rest = ''] = command
  if (kind === 'choice') return rest.split('|')[0] ?? ''
  if (kind === 'fragments') return rest.split('|').join(' and ')
  const colon = rest.indexOf(':')
  return colon < 0
    ? 'own words'
    : `own words about ${rest
        .slice(colon + 1)
        .split('|')
        .join(' ')}`
}

export interface Mutation {
  readonly what: string
  readonly value: unknown
}

/** Changes that must be noticed: a value changed, a required property or item taken away, something added. */
export function* mutations(expected: unknown, example: unknown, path = '$'): Generator<Mutation> {
  if (Array.isArray(expected) && Array.isArray(example)) yield* inArray(expected, example, path)
  else if (isObject(expected) && isObject(example)) yield* inObject(expected, example, path)
  else if (typeof expected === 'string' && typeof example === 'string') {
    if (!/^\$(?:\$|string\$|external:\d+\$)$/.test(expected)) yield { what: `${path} other text`, value: '§ mutation' }
    yield { what: `${path} a number`, value: 4711 }
  } else yield { what: `${path} other value`, value: expected === true ? false : 'other' }
}

function* inArray(expected: readonly unknown[], example: readonly unknown[], path: string): Generator<Mutation> {
  yield { what: `${path} more items`, value: [...example, { unexpected: true }] }
  for (const [index, item] of expected.entries()) {
    const place = `${path}[${index}]`
    const replace = (value: unknown) => example.with(index, value)
    if (!(isObject(item) && '$optional$' in item)) yield { what: `${place} absent`, value: example.toSpliced(index, 1) }
    if (isObject(item) && '$optional$' in item && isAddable(item)) continue
    for (const { what, value } of mutations(item, example[index], place)) yield { what, value: replace(value) }
  }
}

function* inObject(expected: JsonObject, example: JsonObject, path: string): Generator<Mutation> {
  if (!('resourceType' in expected)) yield { what: `${path} more properties`, value: { ...example, unexpected: 1 } }
  const optional: readonly unknown[] = [expected['$optional-properties$'], expected.$optional].flat()
  const counted: readonly unknown[] = [expected['$count-arrays$']].flat()
  for (const [name, value] of Object.entries(expected)) {
    if (name.startsWith('$') || (name === 'diagnostics' && 'severity' in expected)) continue
    const { [name]: own, ...rest } = example
    const allOptional = Array.isArray(value) && value.every((item) => isObject(item) && '$optional$' in item)
    if (!optional.includes(name) && !allOptional) yield { what: `${path}.${name} absent`, value: rest }
    if (counted.includes(name)) continue
    for (const change of mutations(value, own, `${path}.${name}`)) {
      yield { what: change.what, value: { ...example, [name]: change.value } }
    }
  }
}

/** Servers may add extensions and issues with diagnostics alone, so a change of an optional one is no difference. */
function isAddable(item: JsonObject): boolean {
  return (typeof item.url === 'string' && !('system' in item)) || ('diagnostics' in item && !('details' in item))
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
