/** What `tessera research opt-outs …` does. Answers name a person only where one was named; files are told line by line without one. */
import { describeProblem, type Problem } from '#platform/result/result.ts'
import { readMoment, readPerson } from '#research/omop/opt-outs/choice.ts'
import { readChoices, type WrongRow } from '#research/omop/opt-outs/choice-file.ts'
import { matchPersons } from '#research/omop/opt-outs/persons.ts'
import type { ChooseOptions, OptOutOptions, PersonsOptions } from '../commands/research-opt-outs.ts'
import { EXIT } from '../program.ts'
import { tell } from './configuration.ts'
import { rowsOfFile } from './opt-out-files.ts'
import { withOptOuts } from './with-opt-outs.ts'

export async function chooseOptOut(text: string, what: 'out' | 'in', options: ChooseOptions): Promise<number> {
  const now = new Date()
  const person = readPerson(text)
  if (!person.ok) return tell(person.problem)
  const at = readMoment(options.at ?? now.toISOString(), now)
  if (!at.ok) return tell({ ...at.problem, place: { path: '--at' } })
  return withOptOuts(options, async ({ register, by }) => {
    const chosen = await register.choose({ person: person.value, at: at.value, what }, by)
    if (!chosen.ok) return tell(chosen.problem)
    const [state, since] = [what === 'out' ? 'opted out' : 'not opted out', at.value]
    if (options.json) console.log(JSON.stringify({ what, at: at.value, result: chosen.value }))
    else if (chosen.value === 'recorded') console.log(`Recorded: ${state} from ${since}.`)
    else console.log(`Nothing changes: the person was ${state} at ${since} already.`)
    return EXIT.fine
  })
}

export async function showOptOuts(text: string, options: OptOutOptions): Promise<number> {
  const person = readPerson(text)
  if (!person.ok) return tell(person.problem)
  return withOptOuts(options, async ({ register, by }) => {
    const { out, history } = await register.lookUp(person.value, by)
    const intervals = history.map(({ from, to }) => ({ from, ...(to === undefined ? {} : { to }) }))
    if (options.json) {
      console.log(JSON.stringify({ out, history: intervals }, null, 2))
      return EXIT.fine
    }
    console.log(out ? 'Opted out.' : 'Not opted out.')
    for (const { from, to } of intervals) console.log(`${from}  to ${to ?? 'now and on'}`)
    return EXIT.fine
  })
}

export async function importOptOuts(file: string, options: OptOutOptions): Promise<number> {
  const read = await rowsOfFile(file, ['person', 'at', 'what'])
  if (!read.ok) return tell(read.problem)
  const choices = readChoices(read.value.rows, new Date())
  const wrong = inOrder([...read.value.wrong, ...choices.wrong])
  return withOptOuts(options, async ({ register, by }) => {
    const report = await register.take({ ...choices, wrong }, read.value.hash, by)
    const { recorded, unchanged, repeated } = report
    if (options.json) {
      console.log(JSON.stringify({ recorded, unchanged, repeated, wrong: report.wrong.map(printed) }, null, 2))
    } else {
      console.log(
        `recorded: ${recorded}, known already: ${unchanged}, repeated rows: ${repeated}, wrong rows: ${report.wrong.length}`,
      )
      tellRows(file, report.wrong)
    }
    return report.wrong.length === 0 ? EXIT.fine : EXIT.failed
  })
}

export async function matchPersonsOf(file: string, options: PersonsOptions): Promise<number> {
  const read = await rowsOfFile(file, ['person_id', 'identity'])
  if (!read.ok) return tell(read.problem)
  const rows = read.value.rows.map(({ line, person_id: personId, identity }) => ({ line, personId, identity }))
  return withOptOuts(options, async ({ stores, body, holds, by }) => {
    const { dataset } = options
    if (!(await holds(dataset)))
      console.error('No dataset of this name answers at this node yet: check how it is written.')
    const matched = await matchPersons(rows, {
      ...{ ...stores, body, dataset, by },
      ...{ file: read.value.hash, unreadable: read.value.wrong },
    })
    if (!matched.ok) return tell(matched.problem)
    const answer = matched.value
    if (answer.kind === 'refused') {
      if (options.json)
        console.log(JSON.stringify({ recorded: 0, unchanged: 0, wrong: answer.wrong.map(printed) }, null, 2))
      else tellRows(file, answer.wrong)
      console.error('Nothing has been written.')
      return EXIT.failed
    }
    const { recorded, unchanged } = answer
    if (options.json) console.log(JSON.stringify({ recorded, unchanged, wrong: [] }, null, 2))
    else console.log(`${dataset}: persons recorded: ${recorded}, known already: ${unchanged}`)
    return EXIT.fine
  })
}

function inOrder(rows: readonly WrongRow[]): readonly WrongRow[] {
  return rows.toSorted((one, other) => one.line - other.line)
}

function printed({ line, problem: { code, sentence, next } }: WrongRow) {
  return { line, code, sentence, next }
}

function tellRows(file: string, rows: readonly WrongRow[]): void {
  for (const { line, problem } of rows) console.error(describeProblem(placed(problem, file, line)))
}

function placed(problem: Problem, file: string, line: number): Problem {
  return { ...problem, place: { file, line } }
}
