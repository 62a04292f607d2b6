/** Text of a fixed field: ends at the first zero byte; control characters count as spaces, those around it are removed. */
const decoderOf = (label: 'windows-1251' | 'ibm866') => {
  const decoder = new TextDecoder(label)
  return (bytes: Uint8Array): string => {
    const end = bytes.indexOf(0)
    return decoder
      .decode(end < 0 ? bytes : bytes.subarray(0, end))
      .replace(/\p{Cc}/gu, ' ')
      .trim()
  }
}

/** Windows-1251 text of a fixed field. */
export const decodeCp1251 = decoderOf('windows-1251')
/** Text of a fixed field in code page 866. */
export const decodeCp866 = decoderOf('ibm866')
