/** Abbreviations of Russian addresses, spelled out, so that two spellings of one address meet (domain section 12). */
const WORDS: Readonly<Record<string, string>> = {
  ул: 'улица',
  пр: 'проспект',
  'пр-т': 'проспект',
  просп: 'проспект',
  пер: 'переулок',
  пл: 'площадь',
  ш: 'шоссе',
  наб: 'набережная',
  'б-р': 'бульвар',
  бул: 'бульвар',
  'пр-д': 'проезд',
  обл: 'область',
  'р-н': 'район',
  д: 'дом',
  к: 'корпус',
  корп: 'корпус',
  стр: 'строение',
}
const STREETS = new Set(['улица', 'проспект', 'переулок', 'площадь', 'шоссе', 'набережная', 'бульвар', 'проезд'])
/** The word "town" is written or left out at will; a room is not part of the key: one visit serves the whole house. */
const LEFT_OUT = new Set(['г', 'город', 'россия', 'рф'])
const ROOM = /^(пом|помещение|оф|офис|кв|квартира|эт|этаж|ком|комната|секция|павильон)\.?\s/
const POSTCODE = /^\d{6}$/

/**
 * Key under which addresses that mean one house are grouped. Parts keep the order in which they are written, so addresses that differ in
 * more than spelling stay apart: nothing is merged by guess.
 */
export function addressKey(address: string): string {
  return address
    .toLowerCase()
    .replaceAll('ё', 'е')
    .replace(/(\d)\s*[/\\]\s*(\d)/g, '$1/$2')
    .split(',')
    .map(part => part.trim())
    .filter(part => part !== '' && !ROOM.test(part) && !POSTCODE.test(part))
    .map(partKey)
    .filter(part => part !== '')
    .join(',')
}

function partKey(part: string): string {
  const words = part
    .replace(/(дом|д|к|корп|корпус|стр|строение)\.?\s*(?=\d)/g, '$1 ')
    .replace(/[^\p{L}\d/-]+/gu, ' ')
    .trim()
    .split(' ')
    .map(word => WORDS[word] ?? word)
    .filter(word => !LEFT_OUT.has(word))
  // "Ленина ул." and "ул. Ленина" are one street; a bare number is a house.
  const street = words.find(word => STREETS.has(word))
  if (street !== undefined) return [street, ...words.filter(word => word !== street)].join(' ')
  return /^\d/.test(words[0] ?? '') ? ['дом', ...words].join(' ') : words.join(' ')
}
