import { describe, expect, it } from 'vitest'
import { addressKey } from './address-key.ts'

const same = (...addresses: string[]) => new Set(addresses.map(addressKey)).size === 1

describe('address key', () => {
  it('is one for the spellings of one house', () => {
    expect(same('г. Москва, ул. Ленина, д. 5', 'Москва, улица Ленина, дом 5', 'город Москва, Ленина ул., 5')).toBe(true)
    expect(same('Москва, пр-т Мира, д.12, корп.3', 'МОСКВА, проспект Мира, д 12, к 3')).toBe(true)
    expect(same('101000, Россия, Москва, Королёва ул., 5', 'Москва, ул. Королева, 5')).toBe(true)
  })

  it('leaves the room out: one visit serves the house', () => {
    expect(same('Москва, ул. Ленина, 5, пом. 3', 'Москва, ул. Ленина, 5, офис 12', 'Москва, ул. Ленина, 5')).toBe(true)
  })

  it('keeps apart what is not the same by spelling alone', () => {
    expect(same('Москва, ул. Ленина, 5', 'Москва, пр. Ленина, 5')).toBe(false)
    expect(same('Москва, ул. Ленина, 5', 'Москва, ул. Ленина, 5, корп. 1')).toBe(false)
    expect(same('Москва, ул. Ленина, 5', 'Тула, ул. Ленина, 5')).toBe(false)
    expect(same('Москва, ул. Ленина, 5', 'Москва, ул. Ленина, 5А')).toBe(false)
  })
})
