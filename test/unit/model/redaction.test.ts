import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createRedactor } from '../../../src/model/redaction.ts'
import { record } from '../../support/records.ts'

const redactor = createRedactor()
const text = (input: string): string => redactor.text(input)

describe('secrets in texts are redacted, and nothing around them', () => {
  const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P'
  const cases: readonly (readonly [string, string])[] = [
    ['mysql -uroot -phunter2 -e "select 1"', 'mysql -uroot -p[redacted] -e "select 1"'],
    ['mysqldump --password=hunter2 shop', 'mysqldump --password=[redacted] shop'],
    ['tool --password hunter2 --verbose', 'tool --password [redacted] --verbose'],
    ["tool --api-key 'a b c' go", 'tool --api-key [redacted] go'],
    ['env DB_PASSWORD=hunter2 SHOP=a node', 'env DB_PASSWORD=[redacted] SHOP=a node'],
    ['env TOKEN="a b" node', 'env TOKEN=[redacted] node'],
    ['env PASSWORD=it"s node', 'env PASSWORD=[redacted] node'],
    ['psql postgres://shop:hunter2@db:5432/shop', 'psql postgres://[redacted]@db:5432/shop'],
    ['redis://:hunter2@cache', 'redis://[redacted]@cache'],
    ['amqp://u:p@ss:w@mq/vhost', 'amqp://[redacted]@mq/vhost'],
    ['curl -H "Authorization: Bearer abc123" x', 'curl -H "Authorization: Bearer [redacted]" x'],
    ['curl -H Authorization:Basic\u0020Zm9vOmJhcg==', 'curl -H Authorization:Basic [redacted]'],
    ["curl -H 'X-Api-Key: abc' x", "curl -H 'X-Api-Key: [redacted]' x"],
    ['curl -u shop:hunter2 https://x/', 'curl -u shop:[redacted] https://x/'],
    ['curl https://x/?access_token=abc', 'curl https://x/?access_token=[redacted]'],
    ['sshpass -p hunter2 ssh host', 'sshpass -p [redacted] ssh host'],
    ['docker login -u me -p hunter2 reg', 'docker login -u me -p [redacted] reg'],
    ['redis-cli -a hunter2 ping', 'redis-cli -a [redacted] ping'],
    ['redis-cli config set requirepass hunter2', 'redis-cli config set requirepass [redacted]'],
    ['echo {"password":"hun\\"ter2","a":"b"}', 'echo {"password":"[redacted]","a":"b"}'],
    ['echo "{\\"token\\": \\"abc\\"}"', 'echo "{\\"token\\": \\"[redacted]\\"}"'],
    ["ALTER USER x IDENTIFIED BY 'hunter2'", "ALTER USER x IDENTIFIED BY '[redacted]'"],
    [`run ${jwt} now`, 'run [redacted] now'],
    ['AKIAIOSFODNN7EXAMPLE', '[redacted]'],
    ['clone ghp_abcdefghijklmnopqrstuvwxyz0123456789', 'clone [redacted]'],
    ['xoxb-123456789012-abcdefghijkl', '[redacted]'],
    ['sk-proj-abcdefghij0123456789', '[redacted]'],
    ['sh -c openssl -passin pass:hunter2', 'sh -c openssl -passin pass:[redacted]'],
    ['echo aHVudGVyMg== | base64 -d', 'echo [redacted] | base64 -d'],
    ['-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----.', '[redacted].'],
    ['-----BEGIN PRIVATE KEY-----\nMIIE', '[redacted]'],
    ['connectionString=Server=a;Pwd=b', 'connectionString=[redacted]'],
  ]
  for (const [before, after] of cases) {
    test(before, () => {
      assert.equal(text(before), after)
      assert.equal(text(after), after, 'idempotent')
      const entry = redactor.entry(record(`exec_create: ${before}`))
      assert.equal(entry.event.action, `exec_create: ${after}`, 'found in an event too')
    })
  }
})

test('ordinary texts stay as they are', () => {
  const harmless = [
    'exec_create: sh -c date', 'PWD=/root OLDPWD=/ ls', 'tokenizer=bert max_tokens=100',
    'shop/secret-app:1.0', 'vault-token:latest', 'hashicorp/secrets@sha256:0123', 'bypass=1 compass: north',
    'cat /etc/passwd', '/run/secrets/db_password', 'POSTGRES_PASSWORD_FILE=/run/secrets/db',
    'waiting for the password prompt', 'docker run -p 8080:80 nginx', 'mkdir -p /data', 'ssh -p 22 git@host',
    'git@github.com:shop/api.git', 'ssh://git@host/x', 'http://host:8080/a@b', 'https://me@host/',
    'sk-learn-tutorial', 'task-12345678901234567890', 'com.docker.compose.config-hash', 'monkey=1 keyboard=us',
    'authors=me', 'TOKEN_URL=https://x/token', '--password-file /run/x', '--password-stdin', 'PASSWORD=',
    '--use-token=false', 'mysqladmin ping -h localhost', 'curl -u', 'curl -fsS http://localhost/health',
    'echo aGVsbG8= | base64', 'SECRET_NAME=db', 'bearer of news', 'grep key: value', 'health_status: healthy',
    '0123456789abcdef0123456789abcdef', 'sha256:7be123e20e9bfeead073c812725b1925375009ea5ee4f46406ecc6b5b68bf270',
    'passenger=3', 'secretary: Ann', '--set-token-name x', '5000:AA', 'cookiecutter template',
  ] // prettier-ignore
  for (const ordinary of harmless) assert.equal(text(ordinary), ordinary)
})

test('own patterns are redacted wherever they match', () => {
  const own = createRedactor({ patterns: [/CUST-\d+/, /iban\s\S+/gi] })
  assert.equal(
    own.text('order CUST-12 of CUST-7, IBAN DE12'),
    'order [redacted] of [redacted], [redacted]',
  )
})

test('a text made to be slow is none: with quadratic time this test would take hours', () => {
  const parts = ['a', 'eyJabc-', '\\', '"a":"', 'mysql ', '://a:', 'password=', "'", 'sk-a', '-p ']
  for (const part of parts) text(part.repeat(Math.ceil(1_000_000 / part.length)))
})
