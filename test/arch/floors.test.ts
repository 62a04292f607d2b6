import { expect, test } from 'vitest'
import { floorOf, isTest, sources } from './source.ts'

/** Who may use whom. Imports go down only; agent and collector never meet, the portal knows the contract alone. */
const MAY_USE: Readonly<Record<string, readonly string[]>> = {
  shared: [],
  rules: ['shared'],
  agent: ['shared', 'rules'],
  collector: ['shared', 'rules'],
  portal: ['shared'],
  installers: ['shared', 'rules', 'agent', 'collector'],
  test: ['shared', 'rules', 'agent', 'collector', 'installers', 'portal'],
}

const packageFloor = (specifier: string): string | null => /^@tillwatch\/([a-z]+)/.exec(specifier)?.[1] ?? null

test('imports between packages go down only', () => {
  const wrong = sources.flatMap(source => {
    const floor = floorOf(source.path)
    const used = [
      ...source.imports.flatMap(specifier => packageFloor(specifier) ?? []),
      ...source.importedFiles.map(floorOf),
    ]
    return used
      .filter(other => other !== floor && !MAY_USE[floor]?.includes(other))
      .map(other => `${source.path} uses ${other}`)
  })
  expect(wrong).toEqual([])
})

test('another package is entered by its name, never by a path', () => {
  const wrong = sources.flatMap(source =>
    source.importedFiles
      .filter(file => floorOf(file) !== floorOf(source.path))
      .map(file => `${source.path} reaches into ${file}`),
  )
  expect(wrong).toEqual([])
})

test('the ground floor imports zod and nothing else', () => {
  const wrong = sources
    .filter(source => source.path.startsWith('shared/') && !isTest(source.path))
    .flatMap(source =>
      source.imports
        .filter(name => !name.startsWith('.') && name !== 'zod')
        .map(name => `${source.path} imports ${name}`),
    )
  expect(wrong).toEqual([])
})

test('rules do no input or output', () => {
  const wrong = sources
    .filter(source => source.path.startsWith('rules/') && !isTest(source.path))
    .flatMap(source =>
      source.imports.filter(name => name.startsWith('node:')).map(name => `${source.path} imports ${name}`),
    )
  expect(wrong).toEqual([])
})

test('a simulator shares no code with the driver that it judges', () => {
  const wrong = sources
    .filter(source => source.path.startsWith('test/simulators/') && !isTestFile(source.path))
    .flatMap(source =>
      source.imports.filter(name => name.startsWith('@tillwatch/agent')).map(name => `${source.path} imports ${name}`),
    )
  expect(wrong).toEqual([])
})

test('shipped code never imports a test', () => {
  const wrong = sources
    .filter(source => !isTest(source.path))
    .flatMap(source => source.importedFiles.filter(isTest).map(file => `${source.path} imports ${file}`))
  expect(wrong).toEqual([])
})

const isTestFile = (path: string): boolean => path.endsWith('.test.ts')
