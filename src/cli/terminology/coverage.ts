/** Counts the words of each served value set by language. */
import { openContent } from '#node/terminology/content.ts'
import { planContent } from '#node/terminology/plan.ts'
import { describeProblem, type Problem } from '#platform/result/result.ts'
import { openBrowser } from '#terminology/browse/index.ts'
import { EXIT } from '../program.ts'
import { tesseraHome } from '../project.ts'
import type { CoverageCommandOptions } from './coverage-command.ts'

export async function coverage({ lang, home = tesseraHome(), json }: CoverageCommandOptions): Promise<number> {
  const plan = await planContent(home)
  if (!plan.ok) return tell(plan.problem)
  const content = await openContent({ home, flat: true }, plan.value)
  if (!content.ok) return tell(content.problem)
  const { sources, close } = content.value
  const table = await openBrowser(() => sources).coverage({ languages: [] })
  close()
  const languages = lang ?? table.languages
  if (json) {
    console.log(JSON.stringify({ ...table, languages }, null, 1))
    return EXIT.fine
  }
  console.log(['value set', 'concepts', ...languages].join('\t'))
  for (const { valueSet, concepts, byLanguage } of table.rows) {
    // What has words and may be chosen; a language without any is a zero.
    const counts = languages.map((language) => byLanguage[language]?.named ?? 0)
    console.log([valueSet.url, concepts, ...counts].join('\t'))
  }
  return EXIT.fine
}

function tell(problem: Problem): number {
  console.error(describeProblem(problem))
  return EXIT.failed
}
