import { inflateRawSync } from 'node:zlib'
import type { ReplacementPlan } from '@tillwatch/shared/api'
import { describe, expect, it } from 'vitest'
import { replacementSheet } from './replacement-sheet.ts'

const plan = (address: string): ReplacementPlan => ({
  months: [
    {
      month: 'overdue',
      registers: 1,
      addresses: [
        {
          address,
          site: '=HYPERLINK("http://evil.example")',
          client: '+cmd',
          registers: [
            {
              itemId: 'register:main:1',
              agentId: 'till-1',
              model: 'ШТРИХ-М',
              serial: '0000000000301234',
              fnSerial: '9960440300112233',
              terminal: null,
              client: '@client',
              inn: '7701234567',
              validUntil: '2026-11-20',
              exhaustedAt: null,
              endsAt: '2026-11-20',
              limitedBy: 'date',
              confidence: 'high',
              unsentDocuments: 3,
              lastDocument: 1054,
              inProgressUntil: null,
            },
          ],
        },
      ],
    },
  ],
})

/** Files of a ZIP archive as text, by the central directory at its end. */
function unzip(archive: Buffer): Map<string, string> {
  const files = new Map<string, string>()
  const end = archive.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'))
  let at = archive.readUInt32LE(end + 16)
  for (let left = archive.readUInt16LE(end + 10); left > 0; left--) {
    const [method, size] = [archive.readUInt16LE(at + 10), archive.readUInt32LE(at + 20)]
    const nameLength = archive.readUInt16LE(at + 28)
    const local = archive.readUInt32LE(at + 42)
    const name = archive.toString('utf8', at + 46, at + 46 + nameLength)
    const data = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28)
    const bytes = archive.subarray(data, data + size)
    files.set(name, (method === 8 ? inflateRawSync(bytes) : bytes).toString('utf8'))
    at += 46 + nameLength + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32)
  }
  return files
}

const textOf = (files: Map<string, string>) => [...files.values()].join('\n')

describe('replacement workbook', () => {
  it('R3: holds a sheet of registers and one of months, in the language asked', async () => {
    const russian = textOf(unzip(await replacementSheet(plan('Москва'), 'ru')))
    for (const words of [
      'План замены ФН',
      'По месяцам',
      'Заводской № ФН',
      'просрочено',
      '9960440300112233',
      '0000000000301234',
    ]) {
      expect(russian).toContain(words)
    }
    expect(textOf(unzip(await replacementSheet(plan('Moscow'), 'en')))).toContain('FN replacement plan')
  })

  it('keeps dates as dates of the day that the drive told', async () => {
    const sheet = unzip(await replacementSheet(plan('Москва'), 'ru')).get('xl/worksheets/sheet1.xml') ?? ''
    // 2026-11-20 counted from 1899-12-30, as spreadsheets do.
    expect(sheet).toMatch(/<v>46346<\/v>/)
  })

  it('calculates nothing that came from outside, and survives what XML cannot hold', async () => {
    const files = unzip(await replacementSheet(plan('=1+1\u0000\u0007\ud800 <&>'), 'ru'))
    for (const [name, xml] of files) if (name.includes('worksheets/')) expect(xml).not.toContain('<f>')
    expect(textOf(files)).toMatch(/<t>=1\+1\ufffd? &lt;&amp;&gt;<\/t>/)
  })
})
