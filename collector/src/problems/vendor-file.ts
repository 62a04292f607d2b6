import { strToU8, type Zippable, zipSync } from 'fflate'
import { type VendorPackage, vendorDocument } from './vendor-package.ts'

export type VendorFormat = 'markdown' | 'json' | 'zip'

/** A file for a vendor, with the name that a browser saves it under. */
export interface VendorFile {
  readonly name: string
  readonly bytes: Uint8Array
}

/** A package as one file: the document, the data, or an archive of both with every log whole. */
export function vendorFile(pack: VendorPackage, format: VendorFormat, language: 'ru' | 'en'): VendorFile {
  const name = `incident-${pack.number}-vendor`
  const document = () => strToU8(vendorDocument(pack, language))
  const data = () => strToU8(JSON.stringify(pack, null, 2))
  if (format === 'markdown') return { name: `${name}.md`, bytes: document() }
  if (format === 'json') return { name: `${name}.json`, bytes: data() }
  const files: Zippable = { [`${name}.md`]: document(), [`${name}.json`]: data() }
  for (const [index, { at, text }] of pack.logs.entries()) {
    // Colons are no part of a file name on Windows; the number keeps two logs of one moment apart.
    const moment = at.slice(0, 19).replaceAll(':', '-')
    files[`logs/${index + 1}-${moment}Z.log`] = strToU8(text)
  }
  return { name: `${name}.zip`, bytes: zipSync(files, { mtime: pack.madeAt }) }
}
