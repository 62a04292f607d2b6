const windows1251 = new TextDecoder('windows-1251')

/** Windows-1251 text of a fixed field: ends at the first zero byte; control characters count as spaces, those around it are removed. */
export function decodeCp1251(bytes: Uint8Array): string {
  const end = bytes.indexOf(0)
  return windows1251
    .decode(end < 0 ? bytes : bytes.subarray(0, end))
    .replace(/\p{Cc}/gu, ' ')
    .trim()
}
