/** The words of the operator's pages. */
import { testWords } from '../ui/test-words.ts'

testWords({ prefix: 'operator', sources: ['src/portal/operator/**/*.ts'] })
