import { expect, test } from 'vitest'
import { depthOf, type Fault, type PARENTS, type Standing, suppressorOf } from './suppression.ts'

const fault = (more: Partial<Fault> = {}): Fault => ({
  kind: 'register',
  causeClass: 'ofd',
  rules: ['ofd.queue_age'],
  ...more,
})
const standing = (down: Partial<Record<(typeof PARENTS)[number], Standing>>) => (parent: (typeof PARENTS)[number]) =>
  down[parent] ?? 'up'

test('domain 8: the tree is site link, till PC, register, what is read from the register', () => {
  expect(depthOf(fault({ causeClass: 'site_link', kind: 'pc', rules: ['site.link'] }))).toBe(0)
  expect(depthOf(fault({ causeClass: 'agent', kind: 'pc', rules: ['agent.silent'] }))).toBe(1)
  expect(depthOf(fault({ causeClass: 'link', rules: ['register.link'] }))).toBe(2)
  expect(depthOf(fault({ causeClass: 'disk', kind: 'volume', rules: ['disk.system'] }))).toBe(2)
  expect(depthOf(fault())).toBe(3)
})

test('17.19: daily.not_checked stands below the agent, whatever its class', () => {
  const notChecked = fault({ kind: 'pc', causeClass: 'agent', rules: ['daily.not_checked'] })
  expect(suppressorOf(notChecked, standing({ agent: 'down' }))).toEqual({ parent: 'agent', standing: 'down' })
  expect(
    suppressorOf(fault({ kind: 'pc', causeClass: 'agent', rules: ['agent.silent'] }), standing({ agent: 'down' })),
  ).toBeNull()
})

test('names the topmost parent, and a parent that is only suspected holds back too', () => {
  const all = standing({ site_link: 'pending', agent: 'down', register: 'down' })
  expect(suppressorOf(fault(), all)).toEqual({ parent: 'site_link', standing: 'pending' })
  expect(suppressorOf(fault(), standing({ register: 'down' }))).toEqual({ parent: 'register', standing: 'down' })
  expect(suppressorOf(fault(), standing({}))).toBeNull()
})

test('nothing is held back by what stands below or beside it', () => {
  expect(
    suppressorOf(fault({ causeClass: 'link', rules: ['register.link'] }), standing({ register: 'down' })),
  ).toBeNull()
  expect(
    suppressorOf(fault({ kind: 'volume', causeClass: 'disk', rules: ['disk.system'] }), standing({ register: 'down' })),
  ).toBeNull()
})

test('17.12: the end of a fiscal drive is told whatever is down', () => {
  const end = fault({ causeClass: 'fn_end', rules: ['fn.expiry'] })
  expect(suppressorOf(end, standing({ site_link: 'down', agent: 'down', register: 'down' }))).toBeNull()
})
