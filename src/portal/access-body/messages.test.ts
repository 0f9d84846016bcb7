/** The words of the body's pages, and those of cases that the holder's pages show too. */
import { testWords } from '../ui/test-words.ts'

testWords({ prefix: 'access-body', sources: ['src/portal/{access-body,case-desk,holder}/**/*.ts'] })
