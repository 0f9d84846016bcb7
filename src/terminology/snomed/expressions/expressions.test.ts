import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openEcl } from '../../ecl/ecl.ts'
import { type PlainAttribute, type PlainConcept, plainSubstrate } from '../../ecl/testing/plain-edition.ts'
import { expressionIsA, expressionMatches } from './match.ts'
import { isExpression, parseExpression } from './parse.ts'
import { renderExpression } from './render.ts'
import { validateExpression } from './validate.ts'

const SITE = '363698007'
const PART_OF = '363700001'
const DISEASE = '64572001'
const LIVER_DISEASE = '235856003'
const HEPATITIS = '128241005'
const LIVER = '10200004'
const LOBE = '71133005'
const HAND = '85562004'
const MORPHOLOGY = '116676008'
const INFLAMMATION = '23583003'
const RIGHT = '24028007'
const LATERALITY = '272741003'

function concept(
  id: string,
  parents: readonly string[],
  attributes: readonly PlainAttribute[] = [],
  defined = false,
): PlainConcept {
  return {
    id,
    parents,
    attributes,
    defined,
    active: true,
    module: '900000000000207008',
    effectiveTime: 20250101,
    descriptions: [],
  }
}

const site = (target: string, group = 1): PlainAttribute => ({ group, type: SITE, target })

const edition = plainSubstrate({
  concepts: [
    concept('138875005', []),
    concept('410662002', ['138875005']),
    concept(SITE, ['410662002']),
    concept(PART_OF, [SITE]),
    concept(MORPHOLOGY, ['410662002']),
    concept(LATERALITY, ['410662002']),
    concept(DISEASE, ['138875005']),
    concept(LIVER_DISEASE, [DISEASE], [site(LIVER)], true),
    concept(HEPATITIS, [LIVER_DISEASE], [site(LIVER), { group: 1, type: MORPHOLOGY, target: INFLAMMATION }], true),
    concept('123037004', ['138875005']),
    concept(LIVER, ['123037004']),
    concept(LOBE, [LIVER]),
    concept(HAND, ['123037004']),
    concept(INFLAMMATION, ['138875005']),
    concept(RIGHT, ['138875005']),
  ],
  members: [],
  associations: [],
})

function valid(text: string) {
  const result = validateExpression(edition, text)
  assert.ok(result.ok, result.ok ? '' : result.problem.sentence)
  return result.value
}

function holds(constraint: string, text: string): boolean {
  const ecl = openEcl(edition)
  const result = expressionMatches(ecl, constraint, valid(text))
  ecl.close()
  assert.ok(result.ok, result.ok ? '' : result.problem.sentence)
  return result.value
}

test('what the grammar allows is read, and written in its shortest form', () => {
  const cases: Readonly<Record<string, string>> = {
    '73211009': '73211009',
    ' 73211009 |Diabetes mellitus| ': '73211009',
    '=== 421720008 + 7946007': '===421720008+7946007',
    '<<< 71388002 : { 260686004 = 129304002 , 405813007 = 15497006 } { 260686004 = 129304002 }':
      '<<<71388002:{260686004=129304002,405813007=15497006},{260686004=129304002}',
    '313056006 : 272741003 = 7771000 , 363698007=91723000, { 116676008 = 72704001 }':
      '313056006:272741003=7771000,363698007=91723000,{116676008=72704001}',
    '397956004 |x| : 363704007 = ( 24136001 : 272741003 = 7771000 )':
      '397956004:363704007=(24136001:272741003=7771000)',
    '27658006 : 1142135004 = #-500.5, 111115009 = "a \\" b", 859999999 = TRUE':
      '27658006:1142135004=#-500.5,111115009="a \\" b",859999999=true',
  }
  for (const [text, short] of Object.entries(cases)) {
    const read = parseExpression(text)
    assert.ok(read.ok, text)
    assert.equal(renderExpression(read.value), short)
    const again = parseExpression(short)
    assert.ok(again.ok && renderExpression(again.value) === short)
  }
})

test('what it does not allow is refused with the place', () => {
  const cases: readonly (readonly [string, string, number])[] = [
    ['freetext', 'Concept not found (next char = "f", in "freetext") at character 1', 1],
    ['', 'Concept not found (next char = none, in "") at character 1', 1],
    ['73211009 :', 'Concept not found (next char = none, in "73211009 :") at character 11', 11],
    ['73211009 : {363698007}', '"=" not found', 22],
    ['73211009 : {363698007=73211009', '"}" not found', 31],
    ['73211009 73211009', 'End of the expression not found', 10],
    ['73211009 : {363698007=73211009}, 363698007=73211009', '"{" not found', 34],
    ['73211009 : 363698007 = (73211009', '")" not found', 33],
    ['73211009 : 363698007 = #x', 'Number not found', 25],
    ['73211009 : 363698007 = "x', 'End of the string not found', 24],
    ['12345', 'Concept not found', 1],
  ]
  for (const [text, sentence, column] of cases) {
    const read = parseExpression(text)
    assert.ok(!read.ok, text)
    assert.ok(read.problem.sentence.startsWith(sentence), `${text}: ${read.problem.sentence}`)
    assert.equal(read.problem.place?.column, column, text)
  }
  const deep = parseExpression(`${'73211009:363698007=('.repeat(900)}`)
  assert.equal(deep.ok ? '' : deep.problem.code, 'snomed-expression-size')
  const long = parseExpression(`73211009|${'x'.repeat(30_000)}|`)
  assert.equal(long.ok ? '' : long.problem.code, 'snomed-expression-size')
})

test('concepts must be known, and names of attributes be attributes', () => {
  const unknown = validateExpression(edition, `${DISEASE}:{${SITE}=240280071}`)
  assert.equal(unknown.ok ? '' : unknown.problem.sentence, 'Concept 240280071 not found')
  const reversed = validateExpression(edition, `${DISEASE}:{${LIVER}=${SITE}}`)
  assert.match(reversed.ok ? '' : reversed.problem.sentence, /^Concept 10200004 is not valid in this context/)
  assert.equal(reversed.ok ? 0 : reversed.problem.place?.column, 11)
})

test('the display has the term of every concept', () => {
  const terms: Readonly<Record<string, string>> = {
    [DISEASE]: 'Disease',
    [SITE]: 'Finding site',
    [LIVER]: 'Liver structure',
  }
  assert.equal(
    renderExpression(valid(`${DISEASE} |any words| : { ${SITE} = ${LIVER} }`), (id) => terms[id]),
    `${DISEASE}|Disease|:{${SITE}|Finding site|=${LIVER}|Liver structure|}`,
  )
})

test('an expression lies strictly under its focus concepts', () => {
  const right = `${LIVER} : ${LATERALITY} = ${RIGHT}`
  assert.equal(holds(`< ${LIVER}`, right), true)
  assert.equal(holds(`<< ${LIVER}`, right), true)
  assert.equal(holds(LIVER, right), false)
  for (const operator of ['<!', '>', '>>', '>!', '^'])
    assert.equal(holds(`${operator} ${LIVER}`, right), false, operator)
  assert.equal(holds('*', right), true)
  assert.equal(holds(`* MINUS << ${LIVER}`, right), false)
  assert.equal(holds(`<< ${HAND} OR << ${LIVER}`, right), true)
  assert.equal(holds(`< (${LIVER} OR ${HAND})`, right), true)
  assert.equal(holds(LIVER, `${LIVER} |Liver|`), true)
})

test('its attributes are its own and those of its focus concepts', () => {
  assert.equal(holds(`< ${DISEASE} : ${SITE} = << ${LIVER}`, `${DISEASE} : ${SITE} = ${LOBE}`), true)
  assert.equal(holds(`< ${DISEASE} : ${SITE} = << ${LIVER}`, `${DISEASE} : ${PART_OF} = ${LOBE}`), false)
  assert.equal(holds(`< ${DISEASE} : << ${SITE} = << ${LIVER}`, `${DISEASE} : ${PART_OF} = ${LOBE}`), true)
  assert.equal(holds(`< ${DISEASE} : ${SITE} = << ${HAND}`, `${DISEASE} : ${SITE} = ${LOBE}`), false)
  assert.equal(holds(`< ${DISEASE} : ${SITE} = ${LIVER}`, `${HEPATITIS} : ${LATERALITY} = ${RIGHT}`), true)
  assert.equal(
    holds(`* : { ${SITE} = *, ${LATERALITY} = * }`, `${DISEASE} : { ${SITE} = ${LOBE} }, { ${LATERALITY} = ${RIGHT} }`),
    false,
  )
  assert.equal(
    holds(
      `* : ${SITE} = (< ${LIVER} : ${LATERALITY} = ${RIGHT})`,
      `${DISEASE} : ${SITE} = (${LIVER} : ${LATERALITY} = ${RIGHT})`,
    ),
    true,
  )
})

test('an inherited attribute that it makes more precise does not count twice', () => {
  assert.equal(holds(`* : [1..1] ${SITE} = *`, `${LIVER_DISEASE} : { ${SITE} = ${LOBE} }`), true)
  assert.equal(holds(`* : [2..2] ${SITE} = *`, `${LIVER_DISEASE} : { ${SITE} = ${HAND} }`), true)
})

test('it lies under a defined concept whose definition it fulfils', () => {
  const ecl = openEcl(edition)
  const isA = (text: string, above: string): boolean => {
    const result = expressionIsA(ecl, valid(text), above)
    assert.ok(result.ok)
    return result.value
  }
  assert.equal(isA(`${DISEASE} : { ${SITE} = ${LOBE} }`, LIVER_DISEASE), true)
  assert.equal(isA(`${DISEASE} : { ${SITE} = ${LOBE} }`, HEPATITIS), false)
  assert.equal(isA(`${DISEASE} : { ${SITE} = ${LOBE}, ${MORPHOLOGY} = ${INFLAMMATION} }`, HEPATITIS), true)
  assert.equal(
    isA(`${DISEASE} : { ${SITE} = ${LOBE} }, { ${MORPHOLOGY} = ${INFLAMMATION} }`, HEPATITIS),
    false,
    'not in one group',
  )
  assert.equal(isA(`${RIGHT} : { ${SITE} = ${LOBE} }`, LIVER_DISEASE), false, 'not a disease')
  ecl.close()
})

test('a code is taken for an expression only when it looks like one', () => {
  assert.deepEqual(
    ['73211009', 'freetext', '73211009:363698007=1', '73211009+73211010', '73211009 |x|'].map(isExpression),
    [false, false, true, true, true],
  )
})
