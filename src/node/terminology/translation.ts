/** The OpenNCP-compatible façade over a terminology: what to mount beside FHIR. */
import type { Hono } from 'hono'
import { createTranslationService, type ServiceOptions } from '#documents/transcode/service.ts'
import type { TerminologyCatalogue } from '#terminology/terminology.ts'
import { type TranslationOptions, translationRoutes } from '#wire/translation/translation-routes.ts'

/** @param terminology what is served at the time of each request */
export function translationApp(
  terminology: () => TerminologyCatalogue,
  options: ServiceOptions & TranslationOptions = {},
): Hono {
  return translationRoutes(createTranslationService(terminology, options), options)
}
