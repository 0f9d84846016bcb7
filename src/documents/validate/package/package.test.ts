import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { installedPackages } from '../compile/source.ts'
import { openDefinitions } from '../definitions/open-definitions.ts'
import { europeanPackages, WITHOUT_PACKAGES } from '../testing/definitions.ts'
import { EXAMPLE, element, profile, smallPackage } from '../testing/small-package.ts'
import { validate } from '../validate.ts'
import { addPackage } from './add-package.ts'
import { readTarball } from './tar.ts'

const home = mkdtempSync(join(tmpdir(), 'tessera-home-'))
after(() => rmSync(home, { recursive: true }))
const packages = europeanPackages()
const named = profile('named', 'Patient', [element('Patient.name', { min: 1 })])

interface Entry {
  readonly path: string
  readonly content?: string
  readonly type?: string
}

/** A tar archive as npm pack makes it. */
function tarball(entries: readonly Entry[]): Buffer {
  const blocks = entries.flatMap(({ path, content = '', type = '0' }) => {
    const header = Buffer.alloc(512)
    const body = Buffer.from(content)
    header.write(path, 0, 100)
    header.write('0000644\0', 100)
    header.write(`${body.length.toString(8).padStart(11, '0')}\0`, 124)
    header.write('        ', 148)
    header.write(type, 156)
    header.write('ustar\x0000', 257)
    const sum = header.reduce((total, byte) => total + byte, 0)
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
    return [header, body, Buffer.alloc((512 - (body.length % 512)) % 512)]
  })
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]))
}

function packageOf(manifest: object, extra: readonly Entry[] = []): Buffer {
  return tarball([
    { path: 'package/package.json', content: JSON.stringify(manifest) },
    { path: 'package/StructureDefinition-named.json', content: JSON.stringify(named) },
    ...extra,
  ])
}

const MANIFEST = {
  name: 'example.named',
  version: '1.2.0',
  fhirVersions: ['4.0.1'],
  dependencies: { 'hl7.fhir.r4.core': '4.0.1', 'example.other': '3.0.0' },
}

async function add(archive: Buffer): Promise<string> {
  const file = join(home, 'p.tgz')
  writeFileSync(file, archive)
  const added = await addPackage(file, { home })
  return added.ok ? `${added.value.name}#${added.value.version}` : added.problem.code
}

test('a file is added, opened with the definitions and used', async () => {
  const file = join(home, 'p.tgz')
  writeFileSync(file, packageOf(MANIFEST, [{ path: 'package/example/Patient-a.json', content: '{}' }]))
  const added = await addPackage(file, { home })
  assert.ok(added.ok)
  assert.equal(added.value.directory, join(home, 'packages', 'example.named#1.2.0'))
  assert.deepEqual(added.value.warnings, [
    'example.named depends on example.other 3.0.0, which is not added: its profiles will not be checked.',
  ])
  const definitions = openDefinitions({ cacheDirectory: join(home, 'cache'), home })
  const issues = validate({ resourceType: 'Patient', active: true }, { definitions, profiles: [`${EXAMPLE}named`] })
  assert.deepEqual(
    issues.filter((issue) => issue.severity === 'error').map((issue) => issue.element),
    ['Patient.name'],
  )
})

test('definitions are compiled again when the packages change, and only then', async () => {
  const options = { cacheDirectory: join(home, 'cache'), home }
  let compiled = 0
  const open = () =>
    openDefinitions({
      ...options,
      progress: ({ done }) => {
        if (done === 0) compiled++
      },
    })
  open()
  open()
  assert.equal(compiled, 0)
  assert.equal(await add(packageOf({ ...MANIFEST, version: '1.3.0' })), 'example.named#1.3.0')
  assert.ok(open().packages.some((one) => one.name === 'example.named' && one.version === '1.3.0'))
  assert.equal(compiled, 1)
  for (const file of readdirSync(options.cacheDirectory)) writeFileSync(join(options.cacheDirectory, file), 'damaged')
  open()
  assert.equal(compiled, 2)
})

test('a folder is added, and replaced when it is added again', async () => {
  const folder = smallPackage('example.folder', [named])
  after(() => rmSync(folder, { recursive: true }))
  for (let turn = 0; turn < 2; turn++) assert.ok((await addPackage(folder, { home })).ok)
  assert.deepEqual(installedPackages(home).filter((one) => one.name === 'example.folder').length, 1)
  assert.deepEqual(
    readdirSync(join(home, 'packages')).filter((name) => name.startsWith('.')),
    [],
  )
})

test('a package server is asked only when one is configured', async () => {
  const without = await addPackage('example.named@1.2.0', { home })
  assert.ok(!without.ok && without.problem.code === 'package-server-not-configured')
  const asked: string[] = []
  const server = (status: number, body: Buffer) => ({
    home,
    server: 'https://packages.example.org/',
    fetch: async (url: string) => {
      asked.push(url)
      return new Response(new Uint8Array(body), { status })
    },
  })
  const added = await addPackage('example.named@1.2.0', server(200, packageOf(MANIFEST)))
  assert.ok(added.ok)
  assert.deepEqual(asked, ['https://packages.example.org/example.named/1.2.0'])
  const missing = await addPackage('example.named@9', server(404, Buffer.alloc(0)))
  assert.ok(!missing.ok && missing.problem.code === 'package-not-on-server')
  const broken = await addPackage('example.named@9', server(500, Buffer.alloc(0)))
  assert.ok(!broken.ok && broken.problem.code === 'package-server-failed')
})

test('what is no FHIR package for R4 is refused with its reason', async () => {
  assert.equal(await add(Buffer.from('no archive')), 'package-unreadable')
  assert.equal(await add(packageOf(MANIFEST).subarray(0, 200)), 'package-unreadable')
  assert.equal(await add(tarball([{ path: 'package/readme.json', content: '{}' }])), 'not-a-fhir-package')
  assert.equal(
    await add(
      tarball([{ path: 'package/package.json', content: '{"name":"a","version":"1","fhirVersions":["4.0.1"]}' }]),
    ),
    'not-a-fhir-package',
  )
  assert.equal(await add(packageOf({ ...MANIFEST, name: '../../escape' })), 'not-a-fhir-package')
  assert.equal(await add(packageOf({ ...MANIFEST, version: '1/../..' })), 'not-a-fhir-package')
  assert.equal(await add(packageOf({ ...MANIFEST, fhirVersions: ['5.0.0'] })), 'package-wrong-fhir-version')
  const nowhere = await addPackage(join(home, 'nothing-here'), { home })
  assert.ok(!nowhere.ok && nowhere.problem.code === 'package-not-found')
})

test('no archive writes outside its folder or fills the disk', async () => {
  for (const path of [
    '../evil.json',
    'package/../../evil.json',
    '/absolute/evil.json',
    'C:/evil.json',
    'package\\..\\evil.json',
  ])
    assert.equal(await add(packageOf(MANIFEST, [{ path, content: '{}' }])), 'package-unsafe', path)
  assert.equal(await add(packageOf(MANIFEST, [{ path: 'package/link.json', type: '2' }])), 'package-unsafe')
  const longName = tarball([
    { path: '././@LongLink', type: 'L', content: `../${'a'.repeat(120)}.json` },
    { path: 'x', content: '{}' },
  ])
  const read = readTarball(longName, { size: 1e6, files: 10 })
  assert.ok(!read.ok && read.problem.code === 'package-unsafe')
  const bomb = readTarball(gzipSync(Buffer.alloc(5_000_000)), { size: 1_000_000, files: 10 })
  assert.ok(!bomb.ok && bomb.problem.code === 'package-too-large')
  assert.ok(!existsSync(join(home, 'evil.json')))
})

test('the published European packages are added and load without new code', {
  skip: packages ? false : WITHOUT_PACKAGES,
}, async () => {
  const own = mkdtempSync(join(tmpdir(), 'tessera-home-'))
  after(() => rmSync(own, { recursive: true }))
  const warnings: string[] = []
  // Dependents first, so that what is missing is named.
  for (const folder of packages?.toReversed() ?? []) {
    const added = await addPackage(folder, { home: own })
    assert.ok(added.ok, folder)
    warnings.push(...added.value.warnings)
  }
  const definitions = openDefinitions({ cacheDirectory: join(own, 'cache'), home: own })
  assert.deepEqual(definitions.warnings, [])
  // The package of the operator replaces the one from npm.
  assert.deepEqual(
    definitions.packages.filter((one) => one.name === 'hl7.fhir.uv.ips').map((one) => one.version),
    ['2.0.1'],
  )
  for (const url of [
    'http://hl7.eu/fhir/eps/StructureDefinition/bundle-eu-eps',
    'http://hl7.eu/fhir/hdr/StructureDefinition/bundle-eu-hdr',
    'http://hl7.eu/fhir/mpd/StructureDefinition/MedicationRequest-eu-mpd',
  ])
    assert.ok(definitions.structure(url), url)
  assert.ok(warnings.some((warning) => warning.startsWith('hl7.fhir.eu.eps depends on hl7.fhir.eu.base 2.0.0')))
})
