import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { settingsFromDisk } from '../../../src/config/settings-from-disk.ts'
import { testKinds } from '../../support/declarations.ts'

const dir = mkdtempSync(join(tmpdir(), 'auditor-settings-'))
after(() => rmSync(dir, { recursive: true }))

function write(name: string, content: string | Uint8Array): string {
  const path = join(dir, name)
  writeFileSync(path, content)
  return path
}

const kinds = testKinds

test('--config wins over AUDITOR_CONFIG', () => {
  const flag = write('flag.yaml', 'data: /flag')
  const variable = write('variable.yaml', 'data: /variable')
  const environment = { AUDITOR_CONFIG: variable }
  const given = settingsFromDisk({ config: flag, environment, kinds })
  assert.deepEqual([given.settings.data, given.file], ['/flag', flag])
  const usual = settingsFromDisk({ environment, kinds })
  assert.deepEqual([usual.settings.data, usual.file], ['/variable', variable])
})

test('a file that is asked for must be there and be text', () => {
  const missing = join(dir, 'nope.yaml')
  assert.throws(
    () => settingsFromDisk({ config: missing, environment: {}, kinds }),
    (error: Error & { code?: string }) =>
      error.code === 'config-invalid' && /cannot read .*nope\.yaml: ENOENT/.test(error.message),
  )
  const binary = write('binary.yaml', Uint8Array.of(0xff, 0xfe, 0x00))
  assert.throws(
    () => settingsFromDisk({ config: binary, environment: {}, kinds }),
    /binary\.yaml: it is no UTF-8 text/,
  )
})

test('mistakes are thrown together', () => {
  const wrong = write('wrong.yaml', 'dta: 1\nlisten: x')
  assert.throws(
    () => settingsFromDisk({ config: wrong, environment: {}, kinds }),
    /wrong\.yaml:1:1: dta: unknown key, did you mean "data"\?\n.*wrong\.yaml:2:9: listen: expected/,
  )
})
