/** The words of the public pages. */
import { testWords } from '../ui/test-words.ts'

testWords({ prefix: 'catalogue.page', sources: ['src/portal/public/**/*.ts'] })
