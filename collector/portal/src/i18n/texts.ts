import { enHouse } from './en-house.ts'
import { enWork } from './en-work.ts'
import { ruHouse } from './ru-house.ts'
import { ruWork } from './ru-work.ts'

/** Everything that the portal says, by language; Russian decides which keys exist. */
export const texts = { ru: { ...ruHouse, ...ruWork }, en: { ...enHouse, ...enWork } } as const
