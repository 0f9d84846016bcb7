import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { readSearchMask } from './search-mask.ts'

const ROOT = join(import.meta.dirname, '..', '..', '..')
const CORPUS = join(ROOT, '..', 'shared', 'corpus', 'openncp', 'smp')

function mask(inside: string, code = 'XX') {
  const xml = `<ism:searchFields xmlns:ism="http://ec.europa.eu/sante/ehncp/ism"><ism:country code="${code}" label="label.ism.addressCountry"><ism:patientSearch>${inside}</ism:patientSearch></ism:country></ism:searchFields>`
  return readSearchMask(new TextEncoder().encode(xml))
}
const id = (domain: string, more = '') =>
  `<ism:id domain="${domain}" label="label.ism.passportNumber" format="\\d+" contextualDescription="help" ${more}/>`
const names = (result: ReturnType<typeof mask>) =>
  result.ok ? result.value.alternatives.map((fields) => fields.map(({ name }) => name)) : result.problem.code

test('the Danish mask as Denmark publishes it', {
  skip: !existsSync(CORPUS) && 'the shared corpus is not here',
}, () => {
  const read = readSearchMask(readFileSync(join(CORPUS, 'dk__InternationalSearch_DK.xml')))
  assert.deepEqual(read, {
    ok: true,
    value: {
      country: 'DK',
      alternatives: [
        [
          {
            name: 'id-1.2.208.176.1.2',
            kind: 'identifier',
            domain: '1.2.208.176.1.2',
            label: 'label.ism.nationalIdentityCardNumber',
            format: '^\\d{6}-?\\d{4}$',
            help: 'nationalIdentityCardNumber',
            mandatory: true,
          },
        ],
      ],
    },
  })
})

test('masks of another age or purpose are refused with a place', {
  skip: !existsSync(CORPUS) && 'the shared corpus is not here',
}, () => {
  for (const file of ['v2__InternationalSearch_SE.xml', 'v9__InternationalSearch.xml', 'dk__pn-oid.xml']) {
    const read = readSearchMask(readFileSync(join(CORPUS, file)), { file })
    assert.equal(!read.ok && read.problem.code, 'mask-not-ism')
    assert.equal(!read.ok && read.problem.place?.file, file)
  }
})

test('every mask that ships can be read', () => {
  const files = globSync('data/search-masks/*.xml', { cwd: ROOT })
  assert.ok(files.length > 0)
  for (const file of files) assert.equal(readSearchMask(readFileSync(join(ROOT, file)), { file }).ok, true, file)
})

test('NORMAL asks for all ids, CHOICE for any one, or any one group; traits belong to each', () => {
  const birth = '<ism:birthDate label="label.ism.birthDate" format="\\d+" contextualDescription="h" mandatory="1"/>'
  const normal = `<ism:identifier type="NORMAL">${id('1.1')}${id('1.2')}</ism:identifier>`
  const choice = `<ism:identifier type="CHOICE">${id('2.1')}${id('2.2')}</ism:identifier>`
  const groups = `<ism:identifier type="CHOICE"><ism:ids display="a">${id('3.1')}${id('3.2')}</ism:ids><ism:ids display="b">${id('3.3')}</ism:ids></ism:identifier>`
  assert.deepEqual(names(mask(normal)), [['id-1.1', 'id-1.2']])
  assert.deepEqual(names(mask(choice + birth)), [
    ['id-2.1', 'birthDate'],
    ['id-2.2', 'birthDate'],
  ])
  assert.deepEqual(names(mask(groups)), [['id-3.1', 'id-3.2'], ['id-3.3']])
  assert.deepEqual(names(mask(normal + choice)), [
    ['id-1.1', 'id-1.2', 'id-2.1'],
    ['id-1.1', 'id-1.2', 'id-2.2'],
  ])
})

test('formats are anchored, over-long ones dropped', () => {
  const read = mask(`<ism:identifier type="NORMAL">${id('1.1')}</ism:identifier>`)
  assert.equal(read.ok && read.value.alternatives[0]?.[0]?.format, '^\\d+$')
  const long = mask(`<ism:identifier type="NORMAL">${id('1.1').replace('\\d+', 'a'.repeat(600))}</ism:identifier>`)
  assert.equal(long.ok && long.value.alternatives[0]?.[0]?.format, undefined)
})

test('masks without identifiers, with too many combinations, or that are no XML', () => {
  assert.equal(names(mask('')), 'mask-incomplete')
  assert.equal(names(mask('<ism:identifier type="NORMAL"/>')), 'mask-incomplete')
  const wide = `<ism:identifier type="CHOICE">${Array.from({ length: 7 }, (_, index) => id(`1.${index}`)).join('')}</ism:identifier>`
  assert.equal(names(mask(wide + wide)), 'mask-too-wide')
  assert.equal(names(readSearchMask(new TextEncoder().encode('<a'))), 'mask-not-xml')
})
