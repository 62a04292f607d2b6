import { describe, expect, it } from 'vitest'
import { exportedRecord } from './exported-record.ts'
import { sampleRecord } from './sample-record.ts'

const moments = { onsetAt: Date.UTC(2026, 10, 20, 6, 10), openedAt: Date.UTC(2026, 10, 23, 6, 10), timeToStop: null }
const sample = () => sampleRecord('ru')

describe('R28: attributes are exported as structured data', () => {
  it('with everything that templates see, a version and moments that a machine reads', () => {
    const exported = exportedRecord(sample(), moments)
    for (const name of Object.keys(sample())) expect(exported).toHaveProperty(name)
    expect(exported).toMatchObject({
      version: 1,
      moments: { onset: '2026-11-20T06:10:00.000Z', opened: '2026-11-23T06:10:00.000Z', stop: null },
      ...{ cause_code: 'ofd', priority_level: 2, frequency_code: expect.any(String), shortened: [] },
    })
    expect(JSON.parse(JSON.stringify(exported))).toEqual(exported)
  })

  it('a long history makes no endless event: the newest of what was done stays, and what was cut is named', () => {
    const done = Array.from({ length: 5_000 }, (_, at) => ({ at: `${at}`, text: `шаг ${at}` }))
    const exported = exportedRecord({ ...sample(), done, explanation: 'щ'.repeat(50_000) }, moments)
    expect(Buffer.byteLength(JSON.stringify(exported))).toBeLessThanOrEqual(32 * 1024)
    expect(exported['shortened']).toEqual(expect.arrayContaining(['explanation', 'done']))
    expect((exported['done'] as readonly unknown[]).at(-1)).toEqual(done.at(-1))
  })
})
