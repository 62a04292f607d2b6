import { gunzipSync, gzipSync } from 'node:zlib'
import type { DeskFile } from '../connectors/connector.ts'

/** What goes with a ticket: the metric it is about, and the log of what happened around it. */
export type EvidenceSort = 'chart' | 'log'
export type EvidenceLanguage = 'ru' | 'en'

/** A file in the language of those who read it. */
export interface EvidenceFile extends DeskFile {
  readonly language: EvidenceLanguage
}

/** Unlike that of any other file of the incident: the same on every attempt. */
export const evidenceName = (number: number, sort: EvidenceSort, language: EvidenceLanguage): string =>
  `tillwatch-${number}-${sort}-${language}.${sort === 'chart' ? 'png' : 'txt'}`

export const isText = (type: string): boolean => type.startsWith('text/')

/** As it is kept: a log shrinks to a tenth, a picture is packed already. */
export const packed = ({ type, bytes }: DeskFile): Uint8Array => (isText(type) ? gzipSync(bytes) : bytes)
export const unpacked = (type: string, bytes: Uint8Array): Uint8Array => (isText(type) ? gunzipSync(bytes) : bytes)

/** The file as it fits into so many bytes: of a text the newest whole lines, under a line that says so; null when it cannot be made to fit. */
export function fitting(file: DeskFile, bytesMax: number, cut: string): DeskFile | null {
  if (file.bytes.length <= bytesMax) return file
  if (!isText(file.type)) return null
  const tail = Buffer.from(file.bytes).subarray(file.bytes.length - (bytesMax - Buffer.byteLength(cut)))
  const lineEnd = tail.indexOf('\n')
  if (bytesMax <= Buffer.byteLength(cut) || lineEnd < 0 || lineEnd === tail.length - 1) return null
  return { ...file, bytes: Buffer.concat([Buffer.from(cut), tail.subarray(lineEnd + 1)]) }
}
