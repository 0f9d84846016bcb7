/** The words of the holder's pages. */
import { testWords } from '../ui/test-words.ts'

testWords({ prefix: 'holder', sources: ['src/portal/holder/**/*.ts'] })
