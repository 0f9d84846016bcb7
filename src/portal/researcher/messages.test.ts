/** The words of the researcher's pages, and of what cohorts mean. */
import { testWords } from '../ui/test-words.ts'

testWords({ prefix: 'research', sources: ['src/portal/researcher/**/*.ts', 'src/research/cohort/words/*.ts'] })
