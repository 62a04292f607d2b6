/** Fewest digits by which a short serial is still told from another. */
const DIGITS_MIN = 4

/**
 * Whether two serials may be of one register. Sources give the same number with other lengths: padded with zeros, or only its last
 * digits (ATOL's own protocol gives six of fourteen), so the end decides.
 */
export function isSameSerial(one: string, other: string): boolean {
  const [short, long] = [one, other].map(serial => serial.replace(/^0+/, '')).sort((a, b) => a.length - b.length)
  if (short === undefined || long === undefined || short === long) return short === long
  return short.length >= DIGITS_MIN && long.endsWith(short)
}
