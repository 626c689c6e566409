import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { parseFilter, requireFilter } from '../../../src/filter/parse.ts'
import { printFilter } from '../../../src/filter/print.ts'
import { renderError } from '../../../src/filter/render-error.ts'

const printed = (text: string): string => printFilter(requireFilter(text))

function complaint(text: string): string {
  const parsed = parseFilter(text)
  assert.ok('error' in parsed, `${text} should be wrong`)
  return renderError(text, parsed.error)
}

suite('reading', () => {
  const same: readonly (readonly [string, string])[] = [
    ['type:container action:die', 'type:container AND action:die'],
    ['event:die', 'action:die'],
    ['label.team=pay', 'label.team:pay'],
    ['label.com.docker.compose.project:shop', 'label.com.docker.compose.project:shop'],
    ['label:auditor.ignore', 'label:auditor.ignore'],
    ['image:acme/api:1.2@sha256:ab', 'image:"acme/api:1.2@sha256:ab"'],
    ['a OR b c -d', 'a OR b AND c AND NOT d'],
    ['(a OR b) c', '(a OR b) AND c'],
    ['NOT NOT a', 'NOT NOT a'],
    ['name:AND', 'name:AND'],
    ['"AND"', '"AND"'],
    ['name:""', 'name:""'],
    [' \t\n', ''],
  ]
  for (const [text, expected] of same) {
    test(JSON.stringify(text), () => {
      assert.equal(printed(text), printed(expected))
      if (!expected.includes('image')) assert.equal(printed(text), expected)
    })
  }

  test('precedence and adjacency give the tree one expects', () => {
    assert.deepEqual(requireFilter('a OR b c'), {
      op: 'or',
      parts: [
        { op: 'word', pattern: 'a' },
        {
          op: 'and',
          parts: [
            { op: 'word', pattern: 'b' },
            { op: 'word', pattern: 'c' },
          ],
        },
      ],
    })
  })
})

suite('mistakes', () => {
  test('carets under the mistake, with the cure', () => {
    assert.equal(
      complaint('type:container nmae:web*'),
      '  type:container nmae:web*\n' +
        '                 ^^^^ unknown key "nmae", did you mean "name"? ' +
        '(known: type, action, name, image, id, event, kind, label, label.NAME)',
    )
  })

  const mistakes: readonly (readonly [string, RegExp])[] = [
    ['a or b', /written in capitals: OR/],
    ['exit>0', /no comparisons/],
    ['name~"^web-"', /no regular expressions/],
    ["name:'web'", /use double quotes/],
    ['a || b', /write OR/],
    ['name:a,b', /write name:a OR name:b/],
    ['(a b', /never closed/],
    ['a)', /nothing to close/],
    ['()', /nothing between/],
    ['a AND', /missing at the end/],
    ['OR a', /missing before OR/],
    ['-', /missing at the end/],
    ['"open', /quote is never closed/],
    ['""', /empty quotes/],
    ['x"y"', /blank is missing/],
    ['name:', /value is missing/],
    ['name:a\\', /nothing follows this backslash/],
    [':x', /key is missing/],
    ['kind:gpa', /one of record, gap, life, marker, did you mean "gap"/],
    ['label.team', /value is missing: label\.team:VALUE, or label:team/],
    ['label:team=pay', /asked for by label\.team:pay/],
    ['label.:x', /name of the label is missing/],
    ['label."a b"', /expected ":"/],
    ['label.te*:x', /no pattern here/],
  ]
  for (const [text, expected] of mistakes) {
    test(text, () => assert.match(complaint(text), expected))
  }

  test('ten thousand parentheses or minus signs are an error, not a crash', () => {
    assert.match(complaint('('.repeat(10_000)), /at most 8192 characters/)
    assert.match(complaint('('.repeat(8000)), /nested more than 100 deep/)
    assert.match(complaint(`${'-'.repeat(8000)}a`), /nested more than 100 deep/)
    assert.equal(printed(`${'('.repeat(100)}a${')'.repeat(100)}`), 'a')
  })

  test('requireFilter throws usage with the carets', () => {
    assert.throws(() => requireFilter('a)'), {
      code: 'usage',
      message: 'the filter is wrong:\n  a)\n   ^ nothing to close here',
    })
  })

  test('a long text is shown around the mistake only', () => {
    const [line = ''] = complaint(`${'a '.repeat(500)}) ${'b '.repeat(500)}`).split('\n')
    assert.ok(line.length < 120)
    assert.match(line, /^ {2}\.\.\.a .*\) .*b\.\.\.$|^ {2}\.\.\.[ab ]*\)[ab ]*\.\.\.$/)
  })
})
