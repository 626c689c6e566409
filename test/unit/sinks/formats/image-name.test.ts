import assert from 'node:assert/strict'
import { test } from 'node:test'
import { splitImage } from '../../../../src/sinks/formats/image-name.ts'

const digest = `sha256:${'a'.repeat(64)}`

for (const [image, expected] of [
  ['nginx', { name: 'nginx' }],
  ['nginx:1.27', { name: 'nginx', tag: '1.27' }],
  ['registry:5000/shop/api', { name: 'registry:5000/shop/api' }],
  ['registry:5000/shop/api:2', { name: 'registry:5000/shop/api', tag: '2' }],
  [`nginx:1.27@${digest}`, { name: 'nginx', tag: '1.27', digest }],
  [`nginx@${digest}`, { name: 'nginx', digest }],
  [digest, { name: digest }],
] as const) {
  test(`image name ${image.slice(0, 40)}`, () => assert.deepEqual(splitImage(image), expected))
}
