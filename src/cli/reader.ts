/** The reader for whom a document is shown: language, terms and messages, opened once per command. */
import { join } from 'node:path'
import type { Reader } from '#documents/render/view.ts'
import { openMessages } from '#platform/i18n/messages.ts'
import { failed, ok, type Result } from '#platform/result/result.ts'
import { openTerminology } from '#terminology/index.ts'
import { DATA, tesseraHome } from './project.ts'

/** Opens terminology (compiled on first use under the home folder) and messages for a BCP-47 language. */
export async function openReader(language: string): Promise<Result<Reader, 'language-unknown'>> {
  try {
    new Intl.Locale(language)
  } catch {
    return failed(
      'language-unknown',
      `“${language}” is not a language tag.`,
      'Write it as in BCP 47, e.g. fr, fr-BE, el.',
    )
  }
  const terminology = await openTerminology({ cache: join(tesseraHome(), 'cache'), home: tesseraHome() })
  return ok({ language, terminology, messages: openMessages(join(DATA, 'messages'), language), now: new Date() })
}
