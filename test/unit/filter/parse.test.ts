import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { readFilter, requireFilter } from '../../../src/filter/compile.ts'
import { ENTRIES } from '../../../src/filter/entries.ts'
import { printFilter } from '../../../src/filter/print.ts'
import { renderError } from '../../../src/filter/render-error.ts'

const printed = (text: string): string => printFilter(requireFilter(text))

function complaint(text: string): string {
  const parsed = readFilter(text, ENTRIES)
  assert.ok('error' in parsed, `${text} should be wrong`)
  return renderError(text, parsed.error)
}

suite('reading', () => {
  const same: readonly (readonly [string, string])[] = [
    ['type:container action:die', 'type:container AND action:die'],
    ['event=die', 'event:die'],
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
    ['exit>=128 exit!=137', 'exit>=128 AND exit!=137'],
    ['cause=overflow,"journal-full"', 'cause:overflow,journal-full'],
    ['label.team!=pay,"a b"', 'label.team!=pay,"a b"'],
    ['label:"a=b"', 'label:"a=b"'],
    ['exit:-1..127', 'exit:-1..127'],
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
        '                 ^^^^ entries have no field "nmae", did you mean "name"? (known: type, action, ' +
        'event, name, image, id, label, project, service, exit, signal, lineage, lasted, started, ended, oom, finding, state, detail, rule, kind, time, engine, origin, ' +
        'enrichment, flag, cause, certainty, marker, label.NAME, since, until; ' +
        'for a word with such a sign use double quotes)',
    )
  })

  const mistakes: readonly (readonly [string, RegExp])[] = [
    ['a or b', /written in capitals: OR/],
    ['exit>', /value is missing/],
    ['exit>a', /^ {2}exit>a\n {7}\^ exit is a whole number$/],
    ['exit:1..', /^ {2}exit:1\.\.\n {10}\^ a number is missing here$/],
    ['exit:5..1', /second end of the range is below the first/],
    ['exit==0', /write : or = once/],
    ['exit=>0', /unexpected ">": a comparison stands between/],
    ['exit>1,2', /^ {2}exit>1,2\n {9}\^ one value only behind >$/],
    ['name>a', /^ {2}name>a\n {6}\^ name has no order: ask by : or !=$/],
    ['signal:SIGTREM', /whole number or a name such as SIGHUP, did you mean "SIGTERM"/],
    ['cause:reconect,overflow', /one of agent-down, reconnect.*did you mean "reconnect"/],
    ['time:2026-11-22', /hardly ever exact: ask by time>=A or time:A\.\.B/],
    ['time>2026-11-31', /no day 2026-11-31/],
    ['time:2026-11-22..2026-13-01', /^.*\n {19}\^{10} expected a time/],
    ['since>2h', /write since:TIME/],
    ['since:2h', /stands for long, and "2h" is another time each day/],
    ['name!web', /!= between a field and its value/],
    ['acme/api:1', /no field "acme\/api".*for a word with such a sign use double quotes/],
    ['restarts>2', /entries have no field "restarts"/],
    ['lasted>2x', /unknown unit "x"/],
    ['oom:yes', /oom is true or false/],
    ['name~"^web-"', /no regular expressions/],
    ["name:'web'", /use double quotes/],
    ['a || b', /write OR/],
    ['a,b', /values are listed behind a field: name:a,b/],
    ['name:a,', /value is missing/],
    ['name:a,,b', /value is missing/],
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
    [':x', /field is missing/],
    ['kind:gpa', /one of record, gap, life, finding, alert, marker, did you mean "gap"/],
    ['label.team', /value is missing: label\.team:VALUE, or label:team/],
    ['label:team=pay', /asked for by label\.team:pay/],
    ['label.:x', /name of the label is missing/],
    ['label."a b"', /expected ":"/],
    ['label."":x', /name of the label is missing/],
    ['a\\*b:x', /no such signs/],
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
