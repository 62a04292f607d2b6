import { strFromU8, unzipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { vendorFile } from './vendor-file.ts'
import type { VendorPackage } from './vendor-package.ts'

const both = (text: string) => ({ ru: text, en: text })
const LONG = Array.from({ length: 900 }, (_, line) => `строка ${line}`).join('\n')
const pack: VendorPackage = {
  ...{ number: 7, title: both('Касса молчит'), madeAt: '2026-11-02T09:00:00Z', onsetAt: '2026-11-02T08:00:00Z' },
  ...{ openedAt: '2026-11-02T08:05:00Z', solvedAt: null, priority: 1, businessEffect: both('Продажи стоят') },
  ...{ timeToStop: null, explanation: both('Нет связи'), expected: both('Связь есть'), component: both('Касса') },
  ...{ frequency: both('Впервые'), steps: '', rootCause: '', workaround: '', facts: [], events: [] },
  touched: { incidents: 1, items: 1, clients: 1 },
  logs: [
    { at: '2026-11-02T08:10:00.000Z', text: LONG },
    { at: '2026-11-02T08:10:00.000Z', text: 'второй' },
  ],
}

describe('the file for a vendor (R42)', () => {
  it('an archive holds the document, the data and every log whole, which the document only quotes', () => {
    const { name, bytes } = vendorFile(pack, 'zip', 'ru')
    const files = unzipSync(bytes)
    expect(name).toBe('incident-7-vendor.zip')
    expect(Object.keys(files)).toEqual([
      'incident-7-vendor.md',
      'incident-7-vendor.json',
      'logs/1-2026-11-02T08-10-00Z.log',
      'logs/2-2026-11-02T08-10-00Z.log',
    ])
    const text = (path: string) => strFromU8(files[path] ?? new Uint8Array())
    expect(text('logs/1-2026-11-02T08-10-00Z.log')).toBe(LONG)
    expect(text('incident-7-vendor.md')).not.toContain('строка 1\n')
    expect(JSON.parse(text('incident-7-vendor.json'))).toEqual(pack)
  })

  it('the same package is the same archive', () => {
    expect(vendorFile(pack, 'zip', 'en')).toEqual(vendorFile(pack, 'zip', 'en'))
  })

  it('alone, the document and the data go by their own names', () => {
    expect(vendorFile(pack, 'markdown', 'ru').name).toBe('incident-7-vendor.md')
    expect(strFromU8(vendorFile(pack, 'json', 'ru').bytes)).toContain('"number": 7')
  })
})
