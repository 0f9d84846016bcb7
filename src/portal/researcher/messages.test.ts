/** The words of the researcher's pages. */
import { testWords } from '../ui/test-words.ts'

testWords({ prefix: 'research', sources: ['src/portal/researcher/**/*.ts'] })
