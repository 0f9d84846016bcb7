/** What a home folder serves now, the first with precedence; empty when nothing was ever published or imported. */
import { ok, type Result } from '#platform/result/result.ts'
import type { ArtifactId } from '#terminology/artifacts/artifact.ts'
import { readServed } from '#terminology/artifacts/store.ts'

export async function servedArtifacts(home: string): Promise<Result<readonly ArtifactId[]>> {
  const served = await readServed(home)
  return served.ok ? ok(served.value?.artifacts ?? []) : served
}
