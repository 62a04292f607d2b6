import { describe, expect, it } from 'vitest'
import { runbookName, runbookOf } from './runbook-blocks.ts'

const FILE = `# Чеки не уходят

Чек без подтверждения
блокирует накопитель.

1. Служба \`EthernetOverUSB\` запущена?
2. Порядок — в [fn.expiry](fn.expiry.md).

| | |
| --- | --- |
| \`ofd_timeout\` | ОФД молчит |

# Receipts do not leave

- One
- Two
`

describe('a runbook', () => {
  it('is read in the language of the reader', () => {
    expect(runbookOf(FILE, 'ru').title).toBe('Чеки не уходят')
    expect(runbookOf(FILE, 'en').title).toBe('Receipts do not leave')
    expect(runbookOf('# Один\n\nязык', 'en').title).toBe('Один')
    expect(runbookOf('', 'ru')).toEqual({ title: '', blocks: [] })
  })
  it('keeps its steps, names, tables and ways to other runbooks', () => {
    expect(runbookOf(FILE, 'ru').blocks).toEqual([
      { kind: 'paragraph', line: [{ kind: 'text', text: 'Чек без подтверждения блокирует накопитель.' }] },
      {
        kind: 'steps',
        lines: [
          [
            { kind: 'text', text: 'Служба ' },
            { kind: 'code', text: 'EthernetOverUSB' },
            { kind: 'text', text: ' запущена?' },
          ],
          [
            { kind: 'text', text: 'Порядок — в ' },
            { kind: 'runbook', text: 'fn.expiry', name: 'fn.expiry' },
            { kind: 'text', text: '.' },
          ],
        ],
      },
      { kind: 'table', rows: [[[{ kind: 'code', text: 'ofd_timeout' }], [{ kind: 'text', text: 'ОФД молчит' }]]] },
    ])
    expect(runbookOf(FILE, 'en').blocks[0]?.kind).toBe('points')
  })
  it('is named by the path that a rule gives', () => {
    expect(runbookName('runbooks/fn.expiry.md')).toBe('fn.expiry')
    expect(runbookName('ofd.queue_age')).toBe('ofd.queue_age')
  })
})
