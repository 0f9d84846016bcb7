/** The words of the terminology pages; the authority's own pages keep theirs in order themselves. */
import { testWords } from '../ui/test-words.ts'

testWords({
  prefix: 'terminology',
  others: ['terminology.release', 'terminology.edit'],
  sources: ['src/portal/terminology/*.ts', 'src/portal/terminology/{pages,routes}/*.ts'],
})
