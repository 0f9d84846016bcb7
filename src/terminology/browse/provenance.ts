/** Who says a designation, and whether somebody vouches for it: as the supplement that it comes from states it. */
import { REVIEW_EXTENSION, SOURCE_EXTENSION } from '../import/resource.ts'
import { objects, text } from '../load/json.ts'
import type { BrowseSources } from './sources.ts'

export interface Provenance {
  readonly source?: string | undefined
  readonly status?: 'reviewed' | 'unreviewed' | 'damaged' | undefined
}

/** @param supplement canonical of the supplement; undefined for the code system's own words, which nobody needs to vouch for */
export function provenanceOf({ library }: BrowseSources, supplement: string | undefined): Provenance {
  if (supplement === undefined) return {}
  const resource = library.supplement(supplement)
  if (!resource) return { source: supplement }
  const extensions = objects(resource.extension)
  const stated = (url: string): unknown => {
    const found = extensions.find((one) => one.url === url)
    return found?.valueString ?? found?.valueCode
  }
  const status = stated(REVIEW_EXTENSION)
  return {
    source: text(stated(SOURCE_EXTENSION)) ?? text(resource.title) ?? text(resource.name) ?? supplement,
    ...(status === 'reviewed' || status === 'unreviewed' ? { status } : {}),
  }
}
