import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import fc from 'fast-check'
import { answersFor, RULES_FOLDER } from '../testing/example-case.ts'
import { type Answers, AnswersSchema } from './application.ts'
import { checkAnswers, isRequired, readApplication } from './check-answers.ts'
import { optionsOf, type RuleSet, readRuleSet, readRuleSets, rulesInForce } from './rule-set.ts'

let rules: RuleSet
before(async () => {
  const read = await readRuleSets(RULES_FOLDER)
  assert.ok(read.ok, JSON.stringify(read))
  const found = read.value.get('2029-03')
  assert.ok(found)
  rules = found
})

const codesOf = (kind: 'data-permit' | 'data-request', answers: Answers, day = '2029-04-03') =>
  checkAnswers(kind, answers, rules, day).map(({ code, field }) => `${field}: ${code}`)

describe('the rules of 2029-03', () => {
  it('name every field that Art. 67(2) and 69(2) ask for, each with its article, in two languages', () => {
    const articles = (kind: 'data-permit' | 'data-request') =>
      new Set(rules.forms[kind].sections.flatMap(({ fields }) => fields.map(({ article }) => article)))
    for (const letter of 'abcdefghijk') assert.ok(articles('data-permit').has(`67(2)(${letter})`), letter)
    for (const letter of 'abcdefg') assert.ok(articles('data-request').has(`69(2)(${letter})`), letter)
    assert.ok(articles('data-permit').has('67(4)'))
  })

  it('have fields whose options and conditions exist', () => {
    for (const form of [rules.forms['data-permit'], rules.forms['data-request']]) {
      const fields = form.sections.flatMap((section) => section.fields)
      assert.equal(new Set(fields.map(({ id }) => id)).size, fields.length)
      for (const field of fields) {
        if (['choice', 'choices', 'attestations'].includes(field.type)) assert.ok(optionsOf(rules, field).length > 0)
        if (typeof field.required === 'object') {
          const { field: other } = field.required
          assert.ok(
            fields.some(({ id }) => id === other),
            `${field.id} depends on ${other}`,
          )
        }
      }
    }
  })

  it('separate only roles that exist, and know ten criteria', () => {
    const roles = new Set(rules.roles.map(({ code }) => code))
    for (const role of rules.separation.flat()) assert.ok(roles.has(role), role)
    assert.ok(rules.separation.some(([a, b]) => a === 'assessor' && b === 'data-preparer'))
    assert.equal(rules.criteria['data-permit'].length, 10)
  })
})

describe('the answers of a form', () => {
  it('make an application when they are complete', () => {
    for (const kind of ['data-permit', 'data-request'] as const) {
      assert.deepEqual(codesOf(kind, answersFor(kind)), [])
      const read = readApplication(kind, answersFor(kind), rules, '2029-04-03')
      assert.ok(read.ok)
      assert.equal(read.value.applicant.identifier, 'fr-siren-130023583')
      assert.equal(read.value.data, kind === 'data-request' ? 'anonymised' : 'pseudonymised')
    }
  })

  it('are all told what is missing at once', () => {
    const missing = codesOf('data-permit', {})
    const needed = rules.forms['data-permit'].sections
      .flatMap(({ fields }) => fields)
      .filter((field) => isRequired(field, {}))
    assert.equal(missing.length, needed.length)
    assert.ok(missing.every((text) => text.endsWith('answer-missing')))
  })

  it('are needed as the law says', () => {
    const with_ = (changes: Answers) => codesOf('data-permit', answersFor('data-permit', ['FR'], changes))
    // Art. 66(3), 67(4).
    assert.deepEqual(with_({ pseudonymisedJustification: '', dataProtection: ' ' }), [
      'pseudonymisedJustification: answer-missing',
      'dataProtection: answer-missing',
    ])
    assert.deepEqual(with_({ pseudonymisedJustification: '', dataProtection: '', data: 'anonymised' }), [])
    // Art. 53(2).
    assert.deepEqual(with_({ purposes: ['a', 'e'] }), ['purposes: purpose-for-public-bodies'])
    assert.deepEqual(with_({ purposes: ['a'], applicantKind: 'public-body' }), [])
    assert.deepEqual(with_({ purposes: ['a'], onBehalfOfPublicBody: true }), ['publicBodyName: answer-missing'])
    assert.deepEqual(with_({ purposes: ['a'], onBehalfOfPublicBody: true, publicBodyName: 'Ministry' }), [])
    // Art. 54: each one.
    assert.deepEqual(with_({ prohibitedUses: ['a', 'b', 'c', 'd'] }), ['prohibitedUses: use-not-excluded'])
    // Art. 71(4).
    assert.deepEqual(with_({ optOutException: true }), ['optOutJustification: answer-missing'])
    // Art. 67(5): public bodies state a frequency instead.
    const mandate = { applicantKind: 'public-body', publicHealthMandate: true }
    assert.deepEqual(with_(mandate), ['frequency: answer-missing'])
    assert.deepEqual(with_({ months: 121 }), ['months: answer-out-of-bounds'])
    assert.deepEqual(with_({ timeRange: { from: '2029-01-01', to: '2028-01-01' } }), [
      'timeRange: answer-out-of-bounds',
    ])
    assert.deepEqual(with_({ applicantKind: 'ghost' }), ['applicantKind: answer-not-an-option'])
    assert.deepEqual(with_({ purposes: 'e' }), ['purposes: answer-wrong-type'])
    assert.deepEqual(with_({ secret: 'x' }), ['secret: answer-unknown'])
    const [first] = answersFor('data-permit').persons as never[]
    assert.deepEqual(with_({ persons: [first, first] as never }), ['persons: person-twice'])
    const member = { identifier: 'https://id.example|m', name: 'M', role: 'authorised' as const }
    assert.deepEqual(with_({ persons: [member] }), ['persons: no-principal-investigator'])
  })

  it('may name categories from the day they apply (Art. 105)', () => {
    const late = (day: string) =>
      codesOf('data-permit', answersFor('data-permit', ['FR'], { categories: ['HGPD'] }), day)
    assert.deepEqual(late('2029-04-03'), ['categories: category-not-yet-applicable'])
    assert.deepEqual(late('2031-03-25'), ['categories: category-not-yet-applicable'])
    assert.deepEqual(late('2031-03-26'), [])
    assert.deepEqual(late('2027-01-01'), [], 'on a voluntary footing')
  })

  it('of any kind end in findings, never in an exception', () => {
    const answer = fc.oneof(
      fc.string(),
      fc.double(),
      fc.boolean(),
      fc.array(fc.string(), { maxLength: 4 }),
      fc.constant({ from: '2029-01-01', to: '2029-02-01' }),
      fc.constant([{ identifier: 'a|b', name: 'n', role: 'authorised' as const }]),
    )
    const ids = rules.forms['data-permit'].sections.flatMap(({ fields }) => fields.map(({ id }) => id))
    const answers = fc.dictionary(fc.constantFrom(...ids), answer)
    fc.assert(
      fc.property(answers, fc.boolean(), (changes, complete) => {
        const all = { ...(complete ? answersFor('data-permit') : {}), ...(changes as Answers) }
        const findings = checkAnswers('data-permit', all, rules, '2029-04-03')
        const read = readApplication('data-permit', all, rules, '2029-04-03')
        if (read.ok) assert.deepEqual(findings, [])
        if (AnswersSchema.safeParse(all).success) assert.equal(read.ok, findings.length === 0)
      }),
    )
  })
})

describe('versions of the rules', () => {
  it('live side by side; a case begins under the newest that applies', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'tessera-rules-'))
    t.after(() => rm(folder, { recursive: true }))
    const text = await readFile(join(RULES_FOLDER, '2029-03.json'), 'utf8')
    await writeFile(join(folder, 'a.json'), text)
    await writeFile(join(folder, 'b.json'), text.replace('"2029-03"', '"2030-01"').replace('2029-03-26', '2030-01-01'))
    const read = await readRuleSets(folder)
    assert.ok(read.ok)
    const versionOn = (day: string) => rulesInForce(read.value, day)?.version
    assert.deepEqual(['2026-11-27', '2029-12-31', '2030-01-01'].map(versionOn), ['2029-03', '2029-03', '2030-01'])
    await writeFile(join(folder, 'c.json'), text)
    const twice = await readRuleSets(folder)
    assert.equal(!twice.ok && twice.problem.code, 'rules-unreadable')
  })

  it('that cannot be read are told with their place', () => {
    const clocks = rules.clocks.slice(1)
    for (const wrong of [null, {}, { ...rules, clocks }, { ...rules, purposes: [{ code: 'z' }] }]) {
      const read = readRuleSet(wrong)
      assert.equal(!read.ok && read.problem.code, 'rules-unreadable')
    }
  })
})
