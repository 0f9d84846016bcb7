/** Text that is meant to hurt: it must end with a clear code, or with an answer, within the limits and the budget. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { openEcl } from './ecl.ts'
import type { EclCode } from './problems.ts'
import { syntheticEdition } from './testing/synthetic-edition.ts'

const edition = syntheticEdition(20_000)
const BUDGET = 2_000_000
const ecl = openEcl(edition, { budget: BUDGET })
after(() => ecl.close())

const A = edition.id(5)
const B = edition.id(9)
const [TYPE = ''] = edition.types

interface Hostile {
  readonly name: string
  readonly text: string
  /** What it must end with; `any` = an answer is fine too. */
  readonly code: EclCode | 'any'
}

const DEPTHS = [65, 1000, 50_000]

const nested: readonly Hostile[] = DEPTHS.flatMap((depth) => {
  const wrap = (open: string, inner: string, close: string) => open.repeat(depth) + inner + close.repeat(depth)
  const deep = (name: string, text: string): Hostile => ({
    name: `${name}, ${depth} deep`,
    text,
    code: text.length > 500_000 ? 'ecl-too-long' : 'ecl-too-deep',
  })
  return [
    deep('brackets', wrap('(', A, ')')),
    deep('brackets that never close', '('.repeat(depth)),
    deep('operators in brackets', wrap('<(', A, ')')),
    deep('members in brackets', wrap('^(', '*', ')')),
    deep('refinements in brackets', `* : ${wrap('(', `${TYPE} = *`, ')')}`),
    deep('values in brackets', wrap(`(*:${TYPE}=`, '*', ')')),
    deep('names in brackets', `* : ${wrap('(', TYPE, ')')} = *`),
    deep('compounds in brackets', wrap(`(${A} OR `, B, ')')),
    deep('history in history', wrap(`* {{ + HISTORY (`, '*', ') }}')),
    deep('modules in modules', wrap(`(* {{ C moduleId = `, A, ' }})')),
    { name: `groups in groups, ${depth} deep`, text: `* : ${'{'.repeat(depth)}`, code: 'ecl-syntax' },
    { name: `square brackets, ${depth} deep`, text: `* : ${'['.repeat(depth)}`, code: 'ecl-syntax' },
  ]
})

const repeated = (count: number, part: string, join: string): string =>
  Array.from({ length: count }, () => part).join(join)

const huge: readonly Hostile[] = [
  { name: '5,000 concepts with OR', text: repeated(5000, A, ' OR '), code: 'any' },
  { name: '30,000 concepts with OR', text: repeated(30_000, A, ' OR '), code: 'ecl-too-large' },
  { name: '1,000,000 concepts with OR', text: repeated(1_000_000, A, ' OR '), code: 'ecl-too-long' },
  { name: '5,000 hierarchies with AND', text: repeated(5000, '<< *', ' AND '), code: 'any' },
  { name: '3,000 differences with OR', text: repeated(3000, `(* MINUS ${A})`, ' OR '), code: 'any' },
  { name: '3,000 attributes', text: `* : ${repeated(3000, `${TYPE} = *`, ',')}`, code: 'ecl-budget' },
  { name: '30,000 attributes', text: `* : ${repeated(20_000, `${TYPE}=*`, ',')}`, code: 'ecl-too-large' },
  { name: '2,000 groups', text: `* : ${repeated(2000, `{ ${TYPE} = * }`, ' OR ')}`, code: 'ecl-budget' },
  { name: '3,000 dots', text: `*${repeated(3000, ' . *', '')}`, code: 'ecl-budget' },
  { name: '15,000 dots', text: `*${repeated(15_000, ' . *', '')}`, code: 'ecl-too-large' },
  { name: '2,000 description filters', text: `*${repeated(2000, ' {{ term = "x" }}', '')}`, code: 'any' },
  { name: '20,000 filters', text: `* {{ C ${repeated(20_001, 'active = 1', ',')} }}`, code: 'ecl-too-large' },
  { name: '25,000 search terms', text: `* {{ term = (${repeated(25_000, '"a"', ' ')}) }}`, code: 'ecl-too-large' },
  { name: '10,000 search terms', text: `* {{ term = (${repeated(10_000, '"a"', ' ')}) }}`, code: 'any' },
  {
    name: '6,000 different search terms',
    text: `* {{ term = (${Array.from({ length: 6000 }, (_, at) => `"q${at}"`).join(' ')}) }}`,
    code: 'any',
  },
  {
    name: '6,000 different wild terms',
    text: `* {{ term = (${Array.from({ length: 6000 }, (_, at) => `wild:"*q*${at}*"`).join(' ')}) }}`,
    code: 'ecl-budget',
  },
  { name: '25,000 modules', text: `* {{ C moduleId = (${repeated(25_000, A, ' ')}) }}`, code: 'ecl-too-large' },
  {
    name: '25,000 dates',
    text: `* {{ C effectiveTime = (${repeated(25_000, '"20200101"', ' ')}) }}`,
    code: 'ecl-too-large',
  },
  { name: '25,000 numbers', text: `* : ${TYPE} = (${repeated(25_000, '#1', ' ')})`, code: 'ecl-too-large' },
  { name: '25,000 columns', text: `^ [${repeated(25_000, 'a', ',')}] ${A}`, code: 'ecl-too-large' },
  { name: '600,000 spaces', text: ' '.repeat(600_000) + A, code: 'ecl-too-long' },
  { name: '400,000 spaces', text: ' '.repeat(400_000) + A, code: 'any' },
  { name: '100,000 comments', text: '/**/'.repeat(100_000) + A, code: 'any' },
  { name: 'a term of 400,000 characters', text: `${A} |${'x'.repeat(400_000)}|`, code: 'any' },
]

const wildcards: readonly Hostile[] = [
  '*a*a*a*a*a*a*a*a*a*a*a*a*b',
  `${'*a'.repeat(50_000)}*b`,
  '*'.repeat(100_000),
  `${'a'.repeat(100_000)}*`,
  '\\*'.repeat(50_000),
  '(a+)+$',
  '(.*)*x',
  '[a-z]{1,1000000}*',
].flatMap((pattern) => [
  {
    name: `wild ${pattern.slice(0, 20)}`,
    text: `${A} {{ term = wild:"${pattern.replaceAll(/\\(?!\*)/g, '\\\\')}" }}`,
    code: 'any' as const,
  },
  {
    name: `wild everywhere ${pattern.slice(0, 20)}`,
    text: `* {{ term = wild:"${pattern}" }} {{ term = wild:"${pattern}" }}`,
    code: 'any' as const,
  },
])

const words: readonly Hostile[] = [
  { name: 'a word of 200,000 letters', text: `* {{ term = "${'a'.repeat(200_000)}" }}`, code: 'any' },
  { name: '100,000 words in one search', text: `${A} {{ term = "${'a '.repeat(100_000)}" }}`, code: 'any' },
  {
    name: 'searching everything again and again',
    text: repeated(100, '(* {{ term = wild:"*q*z*" }})', ' OR '),
    code: 'ecl-budget',
  },
]

const numbers: readonly Hostile[] = [
  { name: 'an identifier of 100,000 digits', text: '9'.repeat(100_000), code: 'ecl-syntax' },
  { name: 'a number of 100,000 digits', text: `* : ${TYPE} = #${'9'.repeat(100_000)}`, code: 'any' },
  { name: 'a number of 100,000 places', text: `* : ${TYPE} = #0.${'9'.repeat(100_000)}`, code: 'any' },
  { name: 'a cardinality of 100,000 digits', text: `* : [${'9'.repeat(100_000)}..*] ${TYPE} = *`, code: 'ecl-syntax' },
  { name: 'a cardinality of nine digits', text: `* : [999999999..*] ${TYPE} = *`, code: 'any' },
  { name: 'a date of 100,000 digits', text: `* {{ C effectiveTime = "${'2'.repeat(100_000)}" }}`, code: 'ecl-syntax' },
]

const unbalanced: readonly Hostile[] = [
  '(',
  ')',
  '{',
  '}',
  '{{',
  '}}',
  '[',
  ']',
  '|',
  '"',
  '/*',
  '\\',
  '<',
  '>',
  '^',
  '!',
  ':',
  '.',
  ',',
  '#',
  '=',
  '*',
  'R',
  '\u0000',
  '\ud800',
  '\u202e',
  'é',
].flatMap((mark) => [
  {
    name: `${JSON.stringify(mark)} alone`,
    text: mark,
    code: mark === '*' ? ('any' as const) : ('ecl-syntax' as const),
  },
  {
    name: `${JSON.stringify(mark)} 5,000 times`,
    text: mark.repeat(5000),
    code: mark === '(' ? ('ecl-too-deep' as const) : ('ecl-syntax' as const),
  },
  { name: `${JSON.stringify(mark)} after a concept`, text: `${A} ${mark}`, code: 'ecl-syntax' as const },
  {
    name: `${JSON.stringify(mark)} in an attribute`,
    text: `* : ${TYPE} = ${mark}`,
    code: mark === '*' ? ('any' as const) : ('ecl-syntax' as const),
  },
])

const costly: readonly Hostile[] = [
  { name: 'every attribute of everything', text: '* : * = *', code: 'any' },
  { name: 'groups of everything', text: `* : ${repeated(200, '[0..0] { [0..0] * = * }', ',')}`, code: 'ecl-budget' },
  { name: 'reversed and counted', text: repeated(60, '(* : [2..3] R * = *)', ' OR '), code: 'ecl-budget' },
  { name: 'reversed groups', text: repeated(60, '(* : { [0..1] R * != * })', ' OR '), code: 'ecl-budget' },
  { name: 'tops of bottoms', text: repeated(400, '(!!> (!!< (* MINUS 100000001)))', ' OR '), code: 'ecl-budget' },
  {
    name: 'walking up and down',
    text: repeated(200, '(< (> (< (> (* MINUS 100000001)))))', ' OR '),
    code: 'ecl-budget',
  },
  { name: 'asking for rows of what has none', text: '^ [mapTarget] *', code: 'any' },
]

test('hostile text ends with a clear code or an answer', () => {
  const all = [...nested, ...huge, ...wildcards, ...words, ...numbers, ...unbalanced, ...costly]
  assert.ok(all.length >= 100, `${all.length} texts`)
  for (const { name, text, code } of all) {
    const result = ecl.evaluate(text)
    if (result.ok) {
      assert.equal(code, 'any', `${name}: ended with ${result.value.size} concepts`)
      continue
    }
    const { problem } = result
    if (code !== 'any') assert.equal(problem.code, code, `${name}: ${problem.sentence}`)
    assert.match(problem.sentence, /^Line \d+, character \d+: .{10,300}$/s, name)
    assert.ok(problem.excerpt.length < 200, `${name}: ${problem.excerpt.length}`)
    assert.ok(problem.next.length > 10, name)
  }
})

test('after all that, honest questions are answered', () => {
  const result = ecl.evaluate(`<< ${A} : ${TYPE} = << ${B}`)
  assert.ok(result.ok)
})
