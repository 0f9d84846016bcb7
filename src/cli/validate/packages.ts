/** Adding and listing FHIR packages. */
import { installedPackages, npmPackages } from '#documents/validate/compile/source.ts'
import { addPackage } from '#documents/validate/package/add-package.ts'
import { describeProblem } from '#platform/result/result.ts'
import { EXIT } from '../program.ts'
import { tesseraHome } from '../project.ts'

export async function addPackageTo(reference: string, options: { readonly server?: string }): Promise<number> {
  const server = options.server ?? process.env.TESSERA_PACKAGE_SERVER
  const added = await addPackage(reference, { home: tesseraHome(), ...(server ? { server } : {}) })
  if (!added.ok) {
    console.error(describeProblem(added.problem))
    return EXIT.failed
  }
  console.log(`Added ${added.value.name}@${added.value.version}.`)
  for (const warning of added.value.warnings) console.log(`Note: ${warning}`)
  return EXIT.fine
}

export function listPackages(): number {
  for (const { name, version } of npmPackages()) console.log(`${name}@${version}  (with Tessera)`)
  for (const { name, version } of installedPackages(tesseraHome())) console.log(`${name}@${version}  (added)`)
  return EXIT.fine
}
