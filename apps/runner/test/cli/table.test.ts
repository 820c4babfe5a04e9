import { describe, expect, test } from 'vitest'
import { distance, nearest } from '../../src/config/words.ts'
import { renderTable, type Column } from '../../src/cli/table.ts'
import { createPaint, cut, oneLine, width, wrap } from '../../src/cli/text.ts'
import { ago, parseTime, spanText, until } from '../../src/cli/time.ts'

interface Row {
  name: string
  count: number | undefined
  note?: string
}
const columns: readonly Column<Row>[] = [
  { title: 'NAME', value: (row) => row.name },
  { title: 'COUNT', value: (row) => row.count },
  { title: 'NOTE', value: (row) => row.note, shrinkTo: 6 },
]
const paint = createPaint(false)

describe('a table', () => {
  test('has aligned columns, numbers to the right, and no column that nobody fills', () => {
    expect(
      renderTable(
        [
          { name: 'a', count: 5 },
          { name: 'longer', count: 1200 },
          { name: 'c', count: undefined },
        ],
        columns,
        { paint },
      ),
    ).toBe('NAME    COUNT\na           5\nlonger   1200\nc')
  })

  test('fits the screen by cutting what may be cut', () => {
    const text = renderTable([{ name: 'name', count: 1, note: 'a note that is much too long' }], columns, {
      paint,
      columns: 24,
    })
    expect(text).toBe('NAME  COUNT  NOTE\nname      1  a note tha…')
    expect(Math.max(...text.split('\n').map(width))).toBe(24)
  })

  test('cuts nothing where nobody looks', () => {
    expect(renderTable([{ name: 'name', count: 1, note: 'x'.repeat(300) }], columns, { paint })).toContain(
      'x'.repeat(300),
    )
  })

  test('is not steered by what it shows', () => {
    const text = renderTable([{ name: '\u001b[2Jevil\nline', count: 1 }], columns, { paint })
    expect(text).toBe(
      'NAME             COUNT\n�[2Jevil line      1'.replace('NAME             COUNT', text.split('\n')[0] ?? ''),
    )
    expect(text).not.toContain('\u001b')
    expect(text.split('\n')).toHaveLength(2)
  })

  test('counts letters as a screen does', () => {
    expect([width('Köln'), width('Ko\u0308ln'), width('東京'), width('ok 🏠')]).toEqual([4, 4, 4, 5])
    expect(cut('東京都港区', 7)).toBe('東京都…')
    expect(
      renderTable(
        [
          { name: '東京', count: 1 },
          { name: 'Köln', count: 2 },
        ],
        columns,
        { paint },
      ),
    ).toBe('NAME  COUNT\n東京      1\nKöln      2')
  })
})

test('text is wrapped between words, and lines of other systems become one', () => {
  expect(wrap('one two three four', 9)).toEqual(['one two', 'three', 'four'])
  expect(oneLine(' a\n\tb\u0007 ')).toBe('a b�')
})

test('times are one number and one letter', () => {
  expect(
    [5_400, 59_000, 60_000, 3_599_000, 3_600_000, 47 * 3_600_000, 48 * 3_600_000, 30 * 86_400_000].map(spanText),
  ).toEqual(['5s', '59s', '1m', '59m', '1h', '47h', '2d', '30d'])
  expect([ago(0, 500), ago(0, 61_000), until(500, 0), until(61_000, 0)]).toEqual(['now', '1m ago', 'now', 'in 1m'])
})

test('a time is an instant, a day or how long ago', () => {
  const now = Date.parse('2026-05-03T12:00:00Z')
  expect(
    [parseTime('2026-05-01', now), parseTime('2026-05-01T10:00:00+02:00', now), parseTime('2d', now)].map((ms) =>
      new Date(ms).toISOString(),
    ),
  ).toEqual(['2026-05-01T00:00:00.000Z', '2026-05-01T08:00:00.000Z', '2026-05-01T12:00:00.000Z'])
  expect(() => parseTime('1.5.2026', now)).toThrow('Write a day (2026-05-03)')
})

describe('the nearest word', () => {
  test.each([
    ['sotck', 'stock'],
    ['Orders', 'orders'],
    ['shipmnet', 'shipments'],
    ['price', 'prices'],
    ['xyz', undefined],
    ['', undefined],
  ])('to "%s" is %s', (word, expected) => {
    expect(nearest(word, ['orders', 'shipments', 'stock', 'prices'])).toBe(expected)
  })

  test('counts letters left out, added, changed and swapped as one each', () => {
    expect([
      distance('stock', 'stck'),
      distance('stock', 'stockk'),
      distance('stock', 'stack'),
      distance('stock', 'sotck'),
      distance('', 'ab'),
      distance('kitten', 'sitting'),
    ]).toEqual([1, 1, 1, 1, 2, 3])
  })
})
