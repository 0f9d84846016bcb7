/** `tessera packages`: FHIR packages that the validator knows beside R4 and IPS. */
import type { Command } from 'commander'
import { examples } from '../program.ts'

export function addPackages(program: Command): void {
  const packages = program.command('packages').description('FHIR packages for the validator.')
  const add = packages
    .command('add')
    .argument('<package>', 'NAME@VERSION from a package server, a FILE.tgz, or a folder')
    .description('Add a FHIR package (R4).')
    .option('--server <url>', 'FHIR package server; also read from TESSERA_PACKAGE_SERVER')
    .action(async (reference: string, options: { readonly server?: string }) => {
      const { addPackageTo } = await import('../validate/packages.ts')
      process.exitCode = await addPackageTo(reference, options)
    })
  examples(add, [
    'tessera packages add hl7.fhir.eu.eps.tgz',
    'tessera packages add hl7.fhir.eu.laboratory@2.0.0 --server https://packages.example.eu',
  ])
  const list = packages
    .command('list')
    .description('Show the packages that the validator uses.')
    .action(async () => {
      const { listPackages } = await import('../validate/packages.ts')
      process.exitCode = listPackages()
    })
  examples(list, ['tessera packages list'])
}
