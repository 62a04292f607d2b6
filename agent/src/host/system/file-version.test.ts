import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fileVersion, versionOf } from './file-version.ts'

const HEADER_AT = 0x80
const RESOURCES_AT = 0x400
const RESOURCES_RVA = 0x3000

/** A Windows program with nothing in it but a version, after Microsoft's "PE Format". */
function program(version: readonly [number, number, number, number], bits: 32 | 64 = 64): Buffer {
  const file = Buffer.alloc(0x800)
  file.write('MZ', 0, 'latin1')
  file.writeUInt32LE(HEADER_AT, 0x3c)
  file.write('PE\0\0', HEADER_AT, 'latin1')
  file.writeUInt16LE(1, HEADER_AT + 6)
  const optionalBytes = bits === 64 ? 240 : 224
  file.writeUInt16LE(optionalBytes, HEADER_AT + 20)
  const optional = HEADER_AT + 24
  file.writeUInt16LE(bits === 64 ? 0x20b : 0x10b, optional)
  file.writeUInt32LE(RESOURCES_RVA, optional + (bits === 64 ? 112 : 96) + 16)
  const section = optional + optionalBytes
  file.write('.rsrc', section, 'latin1')
  file.writeUInt32LE(RESOURCES_RVA, section + 12)
  file.writeUInt32LE(0x400, section + 16)
  file.writeUInt32LE(RESOURCES_AT, section + 20)
  const directory = (at: number, entries: readonly (readonly [id: number, target: number])[]) => {
    file.writeUInt16LE(entries.length, RESOURCES_AT + at + 14)
    for (const [index, [id, target]] of entries.entries()) {
      file.writeUInt32LE(id, RESOURCES_AT + at + 16 + index * 8)
      file.writeUInt32LE(target, RESOURCES_AT + at + 20 + index * 8)
    }
  }
  directory(0, [
    [3, 0x8000_0300],
    [16, 0x8000_0040],
  ])
  directory(0x40, [[1, 0x8000_0060]])
  directory(0x60, [[1_049, 0x80]])
  file.writeUInt32LE(RESOURCES_RVA + 0xa0, RESOURCES_AT + 0x80)
  const info = RESOURCES_AT + 0xa0
  file.write('VS_VERSION_INFO', info + 6, 'utf16le')
  file.writeUInt32LE(0xfeef04bd, info + 40)
  const [major, minor, patch, build] = version
  file.writeUInt16LE(minor, info + 48)
  file.writeUInt16LE(major, info + 50)
  file.writeUInt16LE(build, info + 52)
  file.writeUInt16LE(patch, info + 54)
  return file
}

const readerOf = (file: Buffer) => (offset: number, length: number) =>
  Promise.resolve(Buffer.from(file.subarray(offset, offset + length)))

test('the version in the resources of a Windows program is read, of 32 and of 64 bits', async () => {
  const part = fc.integer({ min: 0, max: 65_535 })
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(part, part, part, part),
      fc.constantFrom(32 as const, 64 as const),
      async (parts, bits) => {
        expect(await versionOf(readerOf(program(parts, bits)))).toBe(parts.join('.'))
      },
    ),
  )
})

test('a damaged program has no version, and no bytes make the reader throw or go on for ever', async () => {
  const file = program([8, 3, 24, 1_667])
  const damage = fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { minLength: 1, maxLength: 40 })
  await fc.assert(
    fc.asyncProperty(damage, fc.nat(file.length), async (changes, length) => {
      const damaged = Buffer.from(file)
      for (const [at, value] of changes) damaged[at] = value
      const version = await versionOf(readerOf(damaged.subarray(0, length)))
      if (version !== null) expect(version).toMatch(/^\d+\.\d+\.\d+\.\d+$/)
    }),
    { numRuns: 500 },
  )
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 256 }), async bytes => {
      expect(await versionOf(readerOf(Buffer.concat([Buffer.from('MZ'), bytes])))).toBeNull()
    }),
  )
})

test('a file on the disk is read in place; one that is no program has no version', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'file-version-'))
  try {
    writeFileSync(join(dir, 'front.exe'), program([9, 2, 6_041, 0], 32))
    writeFileSync(join(dir, 'notes.txt'), 'MZ is how it begins, and that is all.')
    expect(await fileVersion(join(dir, 'front.exe'))).toBe('9.2.6041.0')
    expect(await fileVersion(join(dir, 'notes.txt'))).toBeNull()
    await expect(fileVersion(join(dir, 'none.exe'))).rejects.toThrow('ENOENT')
  } finally {
    rmSync(dir, { recursive: true })
  }
})
