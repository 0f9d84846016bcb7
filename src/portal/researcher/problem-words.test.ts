/** Whatever can be refused to a researcher has words in English and French, read from the sources that refuse; details are not lost. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { openMessages } from '#platform/i18n/messages.ts'
import { failed } from '#platform/result/result.ts'
import { wordsOf } from '../ui/markup.ts'
import { problemLines, problemWords } from './problem-words.ts'
import { problemAlert } from './refusal.ts'

const ROOT = join(import.meta.dirname, '..', '..', '..')
const MESSAGES = join(ROOT, 'data', 'messages')
const visitIn = (language: string) => ({ words: wordsOf(openMessages(MESSAGES, language)) })
const [english, french, german] = [visitIn('en'), visitIn('fr'), visitIn('de')]

/** What answers a researcher, or a task of one. */
const SOURCES = [
  'src/node/research/{ask,permit-exchange,release-engine}.ts',
  'src/research/analysis/**/*.ts',
  'src/research/applications/{case/*,rules/check-answers,store/case-store}.ts',
  'src/research/cohort/{compile,read-definition}.ts',
  'src/research/disclosure/**/*.ts',
  'src/research/federation/{answer-task,merge,run-open-task,secure-totals,task}.ts',
  'src/research/federation/regression/*.ts',
  'src/research/permits/{authorise,check,permit-engine,permit-store,prepare,revocation-list,running-work,signed-json,views}.ts',
  'src/research/query/{engine,engines/run-program}.ts',
  'src/research/workspace/**/*.ts',
]

/** Codes of these sources that are told to others. */
const TOLD_TO_OTHERS: ReadonlySet<string> = new Set([
  // Acts of the body and of holders.
  ...['criteria-not-met', 'criteria-open', 'fee-open', 'holder-unknown', 'no-extension'],
  ...['not-a-trusted-holder', 'not-yet-due', 'obligations-open', 'permit-invalid', 'question-open'],
  ...['scope-exceeded', 'views-awaited', 'event-malformed'],
  // Output checkers.
  ...['airlock-not-checker', 'airlock-own-request', 'airlock-stopped', 'airlock-version'],
  // Whoever sends a list of revoked permits.
  ...['revocations-forked', 'revocations-malformed', 'revocations-older'],
  // Work that is taken up again later, and in a workspace was stopped.
  ...['node-closing', 'revocations-unreadable'],
  // Becomes `signed-content`.
  'task-malformed',
])

const UNION = /\btype \w*ProblemCode =((?:\s*\|?\s*(?:'[a-z0-9-]+'|\w+|\/\*\*.*\*\/))+)/g
const REFUSED = /\b(?:failed(?:<\w+>)?|problem|refusal)\(\s*'([a-z0-9-]+)',\s*|\bcode: '([a-z0-9-]+)',\s*sentence: /g

/** Each code, and whether every sentence with it is written out, without values. */
function codesInSources(): ReadonlyMap<string, boolean> {
  const codes = new Map<string, boolean>()
  const files = SOURCES.flatMap((pattern) => globSync(pattern, { cwd: ROOT }))
  for (const file of files.filter((name) => !/\.test\.|\/testing\//.test(name))) {
    const text = readFileSync(join(ROOT, file), 'utf8')
    for (const [, union = ''] of text.matchAll(UNION)) {
      for (const [, code = ''] of union.matchAll(/'([a-z0-9-]+)'/g)) codes.set(code, codes.get(code) ?? true)
    }
    for (const { 0: call, 1: one, 2: other, index } of text.matchAll(REFUSED)) {
      const code = one ?? other ?? ''
      const fixed = isWrittenOut(text.slice(index + call.length), text.slice(0, index))
      codes.set(code, fixed && (codes.get(code) ?? true))
    }
  }
  return codes
}

function isWrittenOut(sentence: string, before: string): boolean {
  if (sentence.startsWith("'")) return true
  const [name] = /^\w+/.exec(sentence) ?? []
  const made = before.lastIndexOf(`const ${name} =`)
  return made >= 0 && /^const \w+ =\s*'/.test(before.slice(made))
}

describe('words for what was refused', () => {
  const codes = codesInSources()

  it('are there for every code that a researcher meets, in English and French, with what to do', () => {
    assert.ok(codes.size > 120, `only ${codes.size} codes were found`)
    assert.deepEqual(
      [...TOLD_TO_OTHERS].filter((code) => !codes.has(code)),
      [],
    )
    const lacking = [...codes.keys()]
      .filter((code) => !TOLD_TO_OTHERS.has(code))
      .flatMap((code) => [`research.problem.${code}`, `research.problem.${code}.next`])
      .filter((key) => [english, french].some(({ words }) => words.messages.phrase(key).language !== words.language))
    assert.deepEqual(lacking, [])
  })

  it('are there for no other code', () => {
    const text = readFileSync(join(MESSAGES, 'en.json'), 'utf8')
    const written = [...text.matchAll(/"research\.problem\.([^".]+)/g)].map(([, code = '']) => code)
    assert.deepEqual(
      written.filter((code) => !codes.has(code) || TOLD_TO_OTHERS.has(code)),
      [],
    )
  })

  it('stand alone only where no sentence of the program is made from values', () => {
    const sentence = 'What the program says.'
    const alone = [...codes.keys()].filter((code) => problemWords(french, { code, sentence })?.original === undefined)
    assert.ok(alone.length > 30)
    assert.deepEqual(
      alone.filter((code) => !TOLD_TO_OTHERS.has(code) && codes.get(code) === false),
      [],
    )
  })
})

describe('a problem on a page', () => {
  const column = failed('permit-column', 'The permit does not cover the column person.race.', 'Amend it.').problem
  const person = failed('permit-person', 'The permit does not name this person.', 'Ask the body.').problem

  it('is told in the language of the reader, and below it the detail that the program has', () => {
    const told = `${problemLines(french, column)}`
    assert.match(
      told,
      /^L’autorisation ne couvre pas une colonne demandée\. Demandez .*<span class="small"><span lang="en">The permit does not cover the column person\.race\.<\/span><\/span>$/,
    )
    assert.doesNotMatch(told, /Amend it/)
    const alert = `${problemAlert(french, { ...column, place: { path: '$.columns' } })}`
    assert.match(alert, /alert-title">L’autorisation ne couvre pas/)
    assert.match(alert, /<code>\$\.columns<\/code><\/p><p class="small"><span lang="en">The permit does/)
    assert.doesNotMatch(`${problemLines(french, person)}`, /lang="en"/)
  })

  it('is told once in English, by the sentence that has the detail', () => {
    const told = `${problemLines(english, column)}`
    assert.match(told, /^The permit does not cover the column person\.race\. Ask the health data access body/)
    assert.doesNotMatch(told, /that was asked for|lang=|small/)
    assert.match(
      `${problemAlert(english, column)}`,
      /alert-title">The permit does not cover the column person\.race\.</,
    )
    assert.match(`${problemLines(english, person)}`, /^The permit does not name the person who uses it\. Ask/)
  })

  it('is told once in English, and marked, to readers whose language has no words for it', () => {
    const told = `${problemLines(german, column)}`
    assert.match(
      told,
      /^<span lang="en">The permit does not cover the column person\.race\.<\/span> <span lang="en">Ask/,
    )
    assert.equal(told.match(/does not cover/g)?.length, 1)
  })

  it('is told as the program says it where its code is not known', () => {
    const { problem } = failed('of-a-later-version', 'Something new is wrong.', 'Do this.')
    assert.equal(`${problemLines(french, problem)}`, '<span lang="en">Something new is wrong. Do this.</span>')
    assert.equal(`${problemLines(english, problem)}`, 'Something new is wrong. Do this.')
    assert.match(`${problemAlert(french, problem)}`, /Cela n’a pas pu être fait<\/p><p><span lang="en">Something new/)
  })
})
