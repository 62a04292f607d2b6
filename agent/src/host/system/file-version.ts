import { open } from 'node:fs/promises'

/** Reads up to `length` bytes at `offset`; fewer at the end of the file. */
export type ReadAt = (offset: number, length: number) => Promise<Buffer>

const SECTIONS_MAX = 96
const ENTRIES_MAX = 1_024
const RESOURCE_VERSION = 16
const SUBDIRECTORY = 0x8000_0000
const FIXED_FILE_INFO = 0xfeef04bd
/** The fixed part stands behind a header and the key `VS_VERSION_INFO`; 92 bytes hold all of it. */
const VERSION_BYTES = 92

/** Version in the resources of a Windows program, `8.3.24.1667`; null for any other file. Rejects when the file cannot be read. */
export async function fileVersion(path: string): Promise<string | null> {
  const file = await open(path, 'r')
  try {
    return await versionOf(async (offset, length) => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset)
      return buffer.subarray(0, bytesRead)
    })
  } finally {
    await file.close()
  }
}

/** The same over any bytes. Offsets are those of Microsoft's "PE Format" (headers, section table, .rsrc) and of VS_FIXEDFILEINFO. */
export async function versionOf(readAt: ReadAt): Promise<string | null> {
  try {
    return await findVersion(readAt)
  } catch (thrown) {
    // A header that points outside the file: no version to be told.
    if (thrown instanceof RangeError) return null
    throw thrown
  }
}

async function findVersion(readAt: ReadAt): Promise<string | null> {
  const dos = await readAt(0, 64)
  if (dos.toString('latin1', 0, 2) !== 'MZ') return null
  const headerAt = dos.readUInt32LE(0x3c)
  const coff = await readAt(headerAt, 24)
  if (coff.toString('latin1', 0, 4) !== 'PE\0\0') return null
  const [sectionCount, optionalBytes] = [coff.readUInt16LE(6), coff.readUInt16LE(20)]
  const optional = await readAt(headerAt + 24, optionalBytes)
  // Data directories: after 96 bytes of a 32-bit header, 112 of a 64-bit one; resources are the third of 8 bytes each.
  const directories = optional.readUInt16LE(0) === 0x20b ? 112 : 96
  const resourcesRva = optional.readUInt32LE(directories + 16)
  if (resourcesRva === 0) return null
  const sections = await readAt(headerAt + 24 + optionalBytes, Math.min(sectionCount, SECTIONS_MAX) * 40)
  const resourcesAt = offsetOf(sections, resourcesRva)
  const version = await entry(readAt, resourcesAt, resourcesAt, RESOURCE_VERSION)
  const named = await entry(readAt, resourcesAt, version, null)
  const data = await readAt(await entry(readAt, resourcesAt, named, null), 8)
  const info = await readAt(offsetOf(sections, data.readUInt32LE(0)), VERSION_BYTES)
  for (let at = 0; at + 16 <= info.length; at += 4) {
    if (info.readUInt32LE(at) !== FIXED_FILE_INFO) continue
    return [at + 10, at + 8, at + 14, at + 12].map(word => info.readUInt16LE(word)).join('.')
  }
  return null
}

/** Where in the file an address of the loaded program lies. */
function offsetOf(sections: Buffer, rva: number): number {
  for (let at = 0; at + 40 <= sections.length; at += 40) {
    const [start, bytes] = [sections.readUInt32LE(at + 12), sections.readUInt32LE(at + 16)]
    if (rva >= start && rva < start + bytes) return sections.readUInt32LE(at + 20) + rva - start
  }
  throw new RangeError('an address outside of every section')
}

/** Follows one entry of a resource directory: the one with this id, or the first. */
async function entry(readAt: ReadAt, resourcesAt: number, directoryAt: number, id: number | null): Promise<number> {
  const head = await readAt(directoryAt, 16)
  const count = Math.min(head.readUInt16LE(12) + head.readUInt16LE(14), ENTRIES_MAX)
  const entries = await readAt(directoryAt + 16, count * 8)
  for (let at = 0; at + 8 <= entries.length; at += 8) {
    if (id !== null && entries.readUInt32LE(at) !== id) continue
    const target = entries.readUInt32LE(at + 4)
    return resourcesAt + (target >= SUBDIRECTORY ? target - SUBDIRECTORY : target)
  }
  throw new RangeError('no such resource')
}
